-- IN over more than two words has SQLite make a temporary table whenever the check is held against a
-- row: half of what it costs to insert a snapshot. The same checks of the tables that most calls write
-- to, word by word. No row is another for it.
PRAGMA writable_schema = ON;
UPDATE main.sqlite_schema SET sql = replace(sql,
    'state IN (''pending'', ''completed'', ''error'')',
    '(state = ''pending'' OR state = ''completed'' OR state = ''error'')')
  WHERE type = 'table' AND name = 'snapshot';
UPDATE main.sqlite_schema SET sql = replace(sql,
    'state IN (''creating'', ''available'', ''in-use'', ''deleting'', ''deleted'', ''error'')',
    '(state = ''creating'' OR state = ''available'' OR state = ''in-use'' OR
        state = ''deleting'' OR state = ''deleted'' OR state = ''error'')')
  WHERE type = 'table' AND name = 'volume';
UPDATE main.sqlite_schema SET sql = replace(sql,
    'state IN (''pending'', ''available'', ''failed'', ''disabled'',
                                         ''deregistered'', ''invalid'', ''transient'', ''error'')',
    '(state = ''pending'' OR state = ''available'' OR state = ''failed'' OR
        state = ''disabled'' OR state = ''deregistered'' OR state = ''invalid'' OR
        state = ''transient'' OR state = ''error'')')
  WHERE type = 'table' AND name = 'image';
UPDATE main.sqlite_schema SET sql = replace(sql,
    'deregistration_protection IN (''disabled'', ''enabled-with-cooldown'',
                                         ''enabled-without-cooldown'')',
    '(deregistration_protection = ''disabled'' OR
        deregistration_protection = ''enabled-with-cooldown'' OR
        deregistration_protection = ''enabled-without-cooldown'')')
  WHERE type = 'table' AND name = 'image';
UPDATE main.sqlite_schema SET sql = replace(sql,
    'state IN (''pending'', ''running'', ''shutting-down'', ''terminated'',
                                         ''stopping'', ''stopped'')',
    '(state = ''pending'' OR state = ''running'' OR state = ''shutting-down'' OR
        state = ''terminated'' OR state = ''stopping'' OR state = ''stopped'')')
  WHERE type = 'table' AND name = 'instance';
UPDATE main.sqlite_schema SET sql = replace(sql,
    'state IN (''attaching'', ''attached'', ''detaching'', ''busy'')',
    '(state = ''attaching'' OR state = ''attached'' OR state = ''detaching'' OR
        state = ''busy'')')
  WHERE type = 'table' AND name = 'attachment';
UPDATE main.sqlite_schema SET sql = replace(sql,
    'tenancy IN (''default'', ''dedicated'', ''host'')',
    '(tenancy = ''default'' OR tenancy = ''dedicated'' OR tenancy = ''host'')')
  WHERE type = 'table' AND name = 'instance_option';
-- Has the connection read the tables anew.
PRAGMA writable_schema = RESET;
