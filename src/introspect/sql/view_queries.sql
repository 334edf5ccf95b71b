-- The analysed query of each view and materialised view: columns relation, action. Majors 13 to 18, no parameters.
-- Views of the system are left out.
SELECT r.ev_class::oid AS relation, r.ev_action::text AS action
FROM pg_catalog.pg_rewrite r
WHERE r.ev_type = '1' AND r.is_instead AND r.rulename = '_RETURN' AND r.ev_class >= 16384
ORDER BY r.ev_class;
