-- How many vCPUs each account's instances may have, where it was set; NULL: any number.
CREATE TABLE vcpu_quota (
    quota TEXT NOT NULL PRIMARY KEY,
    vcpus INTEGER
) STRICT, WITHOUT ROWID;
