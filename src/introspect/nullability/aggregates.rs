//! Aggregates and window functions of `pg_proc.dat`, by what makes them null. Their OIDs are the same in every release.

/// Aggregates that are never null, even over no rows.
pub(super) fn counts(oid: Option<u32>) -> bool {
    // count(*), count("any"), regr_count, and the hypothetical rank, percent_rank, cume_dist, dense_rank.
    matches!(oid, Some(2803 | 2147 | 2818 | 3986 | 3988 | 3990 | 3992))
}

/// Aggregates that are not null over at least one row, whatever is in it.
pub(super) fn keeps_nulls(oid: Option<u32>) -> bool {
    oid.is_some_and(|oid| KEEPS_NULLS.iter().any(|&(known, _)| known == oid))
}

/// Aggregates that are not null over at least one row whose arguments are not null.
pub(super) fn of_some(oid: Option<u32>) -> bool {
    oid.is_some_and(|oid| OF_SOME.binary_search_by_key(&oid, |&(known, _)| known).is_ok())
}

/// Window functions that are never null.
pub(super) fn ranks(oid: Option<u32>) -> bool {
    // row_number, rank, dense_rank, percent_rank, cume_dist.
    matches!(oid, Some(3100..=3104))
}

/// Window functions that are not null where their arguments are not: `ntile`, and `lag` and `lead` with a default.
pub(super) fn looks_aside(oid: Option<u32>) -> bool {
    matches!(oid, Some(3105 | 3108 | 3111))
}

/// `first_value` and `last_value`: an argument of a row in the frame.
pub(super) fn picks_from_frame(oid: Option<u32>) -> bool {
    matches!(oid, Some(3112 | 3113))
}

#[rustfmt::skip]
const KEEPS_NULLS: &[(u32, &str)] = &[
    (2335, "array_agg"), (4053, "array_agg"), (3175, "json_agg"), (3267, "jsonb_agg"), (3197, "json_object_agg"),
    (3270, "jsonb_object_agg"),
];

/// By OID. What may be null of a single row, such as stddev_samp, corr and regr_slope, is not here.
#[rustfmt::skip]
const OF_SOME: &[(u32, &str)] = &[
    (2050, "max"), (2051, "min"), (2100, "avg"), (2101, "avg"), (2102, "avg"), (2103, "avg"), (2104, "avg"),
    (2105, "avg"), (2106, "avg"), (2107, "sum"), (2108, "sum"), (2109, "sum"), (2110, "sum"), (2111, "sum"),
    (2112, "sum"), (2113, "sum"), (2114, "sum"), (2115, "max"), (2116, "max"), (2117, "max"), (2118, "max"),
    (2119, "max"), (2120, "max"), (2122, "max"), (2123, "max"), (2124, "max"), (2125, "max"), (2126, "max"),
    (2127, "max"), (2128, "max"), (2129, "max"), (2130, "max"), (2131, "min"), (2132, "min"), (2133, "min"),
    (2134, "min"), (2135, "min"), (2136, "min"), (2138, "min"), (2139, "min"), (2140, "min"), (2141, "min"),
    (2142, "min"), (2143, "min"), (2144, "min"), (2145, "min"), (2146, "min"), (2236, "bit_and"), (2237, "bit_or"),
    (2238, "bit_and"), (2239, "bit_or"), (2240, "bit_and"), (2241, "bit_or"), (2242, "bit_and"), (2243, "bit_or"),
    (2244, "max"), (2245, "min"), (2517, "bool_and"), (2518, "bool_or"), (2519, "every"), (2718, "var_pop"),
    (2719, "var_pop"), (2720, "var_pop"), (2721, "var_pop"), (2722, "var_pop"), (2723, "var_pop"),
    (2724, "stddev_pop"), (2725, "stddev_pop"), (2726, "stddev_pop"), (2727, "stddev_pop"), (2728, "stddev_pop"),
    (2729, "stddev_pop"), (2797, "max"), (2798, "min"), (2819, "regr_sxx"), (2820, "regr_syy"), (2821, "regr_sxy"),
    (2822, "regr_avgx"), (2823, "regr_avgy"), (2827, "covar_pop"), (2901, "xmlagg"), (3526, "max"), (3527, "min"),
    (3538, "string_agg"), (3545, "string_agg"), (3564, "max"), (3565, "min"), (3972, "percentile_disc"),
    (3974, "percentile_cont"), (3976, "percentile_cont"), (3978, "percentile_disc"), (3980, "percentile_cont"),
    (3982, "percentile_cont"), (3984, "mode"), (4189, "max"), (4190, "min"), (4301, "range_agg"),
    (4389, "range_intersect_agg"), (4450, "range_intersect_agg"), (5099, "max"), (5100, "min"), (6164, "bit_xor"),
    (6165, "bit_xor"), (6166, "bit_xor"), (6167, "bit_xor"), (6227, "range_agg"), (6276, "json_agg_strict"),
    (6280, "json_object_agg_strict"), (6281, "json_object_agg_unique"), (6282, "json_object_agg_unique_strict"),
    (6284, "jsonb_agg_strict"), (6288, "jsonb_object_agg_strict"), (6289, "jsonb_object_agg_unique"),
    (6290, "jsonb_object_agg_unique_strict"), (6291, "any_value"), (6373, "max"), (6374, "min"), (6395, "max"),
    (6396, "min"),
];
