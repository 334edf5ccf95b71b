-- run per-file
-- finds app
alter schema app rename to application;

-- near miss
alter schema app owner to current_user;
