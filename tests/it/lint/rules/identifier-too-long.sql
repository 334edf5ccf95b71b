-- run per-file
-- finds a_name_that_is_longer_than_the_sixty_three_bytes_that_are_kept_of_it
alter table teams add column a_name_that_is_longer_than_the_sixty_three_bytes_that_are_kept_of_it int;

-- near miss
alter table teams add column a_name_that_is_longer_than_the_sixty_three_bytes_that_are_kept_ int;
