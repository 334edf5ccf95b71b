-- Public buckets of Supabase's storage. Asked only where the table and its column are there.
select id::text as id from storage.buckets where public order by id;
