-- Managed policies that roles have. Policies themselves are not kept: AWS's own are all there are.
CREATE TABLE iam_role_attachment (
    owner TEXT NOT NULL,
    role_name TEXT NOT NULL COLLATE NOCASE,
    policy_arn TEXT NOT NULL,
    PRIMARY KEY (owner, role_name, policy_arn),
    FOREIGN KEY (owner, role_name) REFERENCES iam_role (owner, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
