-- What people call an account, such as the name of the student whose it is.
ALTER TABLE account ADD COLUMN name TEXT;
