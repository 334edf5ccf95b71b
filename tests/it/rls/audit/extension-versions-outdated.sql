-- finds amcheck
create schema extensions;
create extension amcheck with schema extensions version '1.0';
-- near miss
create schema extensions;
create extension amcheck with schema extensions;
