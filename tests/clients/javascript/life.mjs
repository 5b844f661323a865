#!/usr/bin/env node
// The life of an image with the AWS SDK for JavaScript: a disk goes up through the EBS direct APIs,
// is registered, run, captured, copied to another region, read block by block, and goes; with the
// SDK's own waiters, pages and errors. The endpoint, region and credentials come from the
// environment. Whatever goes otherwise ends the program with 1 and says so.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as ebs from "@aws-sdk/client-ebs";
import * as ec2 from "@aws-sdk/client-ec2";

const BLOCK_BYTES = 512 * 1024;
const OTHER_REGION = "eu-west-1";

const client = new ec2.EC2({});
const other = new ec2.EC2({ region: OTHER_REGION });
const direct = new ebs.EBS({});
const patience = (of) => ({ client: of, maxWaitTime: 120, minDelay: 1, maxDelay: 1 });

function tagged(kind) {
  return { ResourceType: kind, Tags: [{ Key: "Family", Value: "golden" }] };
}

/** Looked up as deployments do, through the SDK's pages. */
async function newestPublicImage() {
  const images = [];
  const pages = ec2.paginateDescribeImages({ client, pageSize: 5 }, {
    Owners: ["amazon"],
    Filters: [
      { Name: "name", Values: ["al2023-ami-2023.*-kernel-6.1-x86_64"] },
      { Name: "state", Values: ["available"] },
    ],
  });
  for await (const page of pages) images.push(...(page.Images ?? []));
  assert(images.length > 0, "no public image was found");
  return images.reduce((a, b) => (a.CreationDate > b.CreationDate ? a : b)).ImageId;
}

/** A completed snapshot of 1 GiB that begins with the block. */
async function uploaded(block) {
  const started = await direct.startSnapshot({ VolumeSize: 1, Description: "by the SDK" });
  assert.equal(started.BlockSize, BLOCK_BYTES);
  await direct.putSnapshotBlock({
    SnapshotId: started.SnapshotId,
    BlockIndex: 0,
    BlockData: block,
    DataLength: BLOCK_BYTES,
    Checksum: createHash("sha256").update(block).digest("base64"),
    ChecksumAlgorithm: "SHA256",
  });
  await direct.completeSnapshot({ SnapshotId: started.SnapshotId, ChangedBlocksCount: 1 });
  await ec2.waitUntilSnapshotCompleted(patience(client), { SnapshotIds: [started.SnapshotId] });
  return started.SnapshotId;
}

/** What a snapshot, which has this one block, holds. */
async function firstBlock(SnapshotId) {
  const { Blocks } = await direct.listSnapshotBlocks({ SnapshotId });
  assert.equal(Blocks.length, 1);
  const read = await direct.getSnapshotBlock({ SnapshotId, ...Blocks[0] });
  return Buffer.from(await read.BlockData.transformToByteArray());
}

/** The image as it is when the waiter has ended. */
async function waitForImage(of, imageId) {
  await ec2.waitUntilImageAvailable(patience(of), { ImageIds: [imageId] });
  const { Images } = await of.describeImages({ ImageIds: [imageId] });
  assert.equal(Images[0].State, "available");
  assert.equal(Images[0].BlockDeviceMappings.length, 1);
  return Images[0];
}

async function registered(SnapshotId) {
  const made = await client.registerImage({
    Name: "golden",
    RootDeviceName: "/dev/xvda",
    Architecture: "x86_64",
    VirtualizationType: "hvm",
    EnaSupport: true,
    BlockDeviceMappings: [{ DeviceName: "/dev/xvda", Ebs: { SnapshotId } }],
  });
  await waitForImage(client, made.ImageId);
  return made.ImageId;
}

async function running(ImageId) {
  const launched = await client.runInstances({
    ImageId,
    InstanceType: "t3.micro",
    MinCount: 1,
    MaxCount: 1,
    TagSpecifications: [tagged("instance")],
  });
  const { InstanceId } = launched.Instances[0];
  await ec2.waitUntilInstanceRunning(patience(client), { InstanceIds: [InstanceId] });
  return InstanceId;
}

async function terminate(...InstanceIds) {
  await client.terminateInstances({ InstanceIds });
  await ec2.waitUntilInstanceTerminated(patience(client), { InstanceIds });
}

async function captured(InstanceId) {
  const made = await client.createImage({
    InstanceId,
    Name: "captured",
    NoReboot: true,
    TagSpecifications: [tagged("image"), tagged("snapshot")],
  });
  const shown = await waitForImage(client, made.ImageId);
  assert.deepEqual(shown.Tags, [{ Key: "Family", Value: "golden" }]);
  return { image: made.ImageId, snapshot: shown.BlockDeviceMappings[0].Ebs.SnapshotId };
}

async function copied(SourceImageId) {
  const SourceRegion = await client.config.region();
  const made = await other.copyImage({ Name: "copied", SourceImageId, SourceRegion });
  await waitForImage(other, made.ImageId);
  return made.ImageId;
}

/** One refusal of each protocol, and a dry run. */
async function expectRefusals(ImageId, SnapshotId) {
  await assert.rejects(client.deleteSnapshot({ SnapshotId }), { name: "InvalidSnapshot.InUse" });
  await assert.rejects(client.deregisterImage({ ImageId, DryRun: true }), {
    name: "DryRunOperation",
  });
  await assert.rejects(
    direct.listSnapshotBlocks({ SnapshotId: "snap-00000000000000000" }),
    (error) =>
      error instanceof ebs.ResourceNotFoundException && error.Reason === "SNAPSHOT_NOT_FOUND",
  );
}

/** Lets an image go, and its snapshot with it. */
async function deregister(of, ImageId) {
  const gone = await of.deregisterImage({ ImageId, DeleteAssociatedSnapshots: true });
  for (const result of gone.DeleteSnapshotResults) assert.equal(result.ReturnCode, "success");
}

async function expectNothingLeft(of) {
  assert.deepEqual((await of.describeImages({ Owners: ["self"] })).Images ?? [], []);
  assert.deepEqual((await of.describeSnapshots({ OwnerIds: ["self"] })).Snapshots ?? [], []);
}

await terminate(await running(await newestPublicImage()));
const block = Buffer.alloc(BLOCK_BYTES, "golden image\n");
const first = await registered(await uploaded(block));
const instance = await running(first);
const second = await captured(instance);
assert((await firstBlock(second.snapshot)).equals(block), "the snapshot holds other bytes");
await expectRefusals(second.image, second.snapshot);
const third = await copied(second.image);
await terminate(instance);
await deregister(other, third);
await deregister(client, second.image);
await deregister(client, first);
await expectNothingLeft(client);
await expectNothingLeft(other);
console.log("life: done");
