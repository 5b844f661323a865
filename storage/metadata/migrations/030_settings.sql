-- Which principals have said of which resources that their ids are to be long.
CREATE TABLE id_format (
    owner TEXT NOT NULL,
    region TEXT NOT NULL,
    principal TEXT NOT NULL,
    resource TEXT NOT NULL,
    PRIMARY KEY (owner, region, principal, resource)
) STRICT, WITHOUT ROWID;
