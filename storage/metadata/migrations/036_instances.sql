-- ARNs of license configurations, with commas between them.
ALTER TABLE instance_option ADD COLUMN licenses TEXT;
ALTER TABLE launch_template_version ADD COLUMN licenses TEXT;
