"""prowler: its checks of images, snapshots and volumes."""

import csv

import pytest

import resources
import tool

pytestmark = pytest.mark.needs("prowler")

CHECKS = ["ec2_ami_account_block_public_access", "ec2_ami_public", "ec2_ebs_default_encryption",
          "ec2_ebs_public_snapshot", "ec2_ebs_snapshot_account_block_public_access",
          "ec2_ebs_snapshots_encrypted", "ec2_ebs_volume_encryption",
          "ec2_ebs_volume_snapshots_exists"]


@pytest.fixture
def verdicts(server, tmp_path):
    """Runs the checks; {check: {"PASS" or "FAIL" of each thing that it looked at}}."""
    def run():
        done = tool.attempt(server, tmp_path, "prowler", "aws", "--check", *CHECKS,
                            "--region", "us-east-1", "--output-formats", "csv",
                            "--output-directory", "out", "--output-filename", "report",
                            "--no-banner", "--ignore-exit-code-3")
        assert done.returncode == 0, done.stdout + done.stderr
        found = {}
        with open(tmp_path / "out/report.csv", newline="", encoding="utf-8") as report:
            for row in csv.DictReader(report, delimiter=";"):
                found.setdefault(row["CHECK_ID"], set()).add(row["STATUS"])
        return found

    return run


def test_what_is_public_or_open_fails(verdicts, ec2):
    image = resources.make_image(ec2)
    ec2.disable_image_block_public_access()
    ec2.modify_image_attribute(ImageId=image, LaunchPermission={"Add": [{"Group": "all"}]})
    snapshot = resources.make_snapshot(ec2)
    ec2.modify_snapshot_attribute(SnapshotId=snapshot, Attribute="createVolumePermission",
                                  OperationType="add", GroupNames=["all"])
    resources.make_volume(ec2)
    some = {"PASS", "FAIL"}
    assert verdicts() == {check: {"FAIL"} for check in CHECKS} | {
        "ec2_ebs_public_snapshot": some, "ec2_ebs_volume_snapshots_exists": some}


def test_what_is_closed_and_encrypted_passes(verdicts, ec2):
    ec2.enable_image_block_public_access(ImageBlockPublicAccessState="block-new-sharing")
    ec2.enable_snapshot_block_public_access(State="block-all-sharing")
    ec2.enable_ebs_encryption_by_default()
    resources.make_image(ec2)
    assert verdicts() == {check: {"PASS"} for check in CHECKS}
