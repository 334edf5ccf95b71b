-- run per-file
-- finds public.logs_2025
alter table logs attach partition logs_2025 for values from ('2025-01-01') to ('2026-01-01');

-- near miss
alter table logs attach partition logs_2026 for values from ('2026-01-01') to ('2027-01-01');
