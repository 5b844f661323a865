-- A sealed layer with a resolved index of its chain beside its files. Only a hint: the file decides.
ALTER TABLE layer ADD COLUMN indexed INTEGER NOT NULL DEFAULT 0;
