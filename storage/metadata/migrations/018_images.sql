-- Images that are made of free-tier images are of the free tier too.
ALTER TABLE image ADD COLUMN free_tier_eligible INTEGER NOT NULL DEFAULT 0;
