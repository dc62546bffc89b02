//! The tables, as both databases have them. Kept by hand, in step with `migrations/`; `tests/it/store`
//! reads every column on both databases.

diesel::table! {
    companies (id) {
        id -> BigInt,
        name -> Text,
        parent_id -> Nullable<BigInt>,
        timezone -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    company_tree (ancestor_id, company_id) {
        ancestor_id -> BigInt,
        company_id -> BigInt,
        depth -> Integer,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt,
        company_id -> Nullable<BigInt>,
        email -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Nullable<Text>,
        invite_hash -> Nullable<Binary>,
        invite_expires_at -> Nullable<BigInt>,
        disabled_at -> Nullable<BigInt>,
        created_at -> BigInt,
    }
}

diesel::table! {
    sessions (id_hash) {
        id_hash -> Binary,
        user_id -> Nullable<BigInt>,
        state -> Text,
        created_at -> BigInt,
        expires_at -> BigInt,
    }
}

diesel::table! {
    api_keys (id) {
        id -> BigInt,
        company_id -> BigInt,
        name -> Text,
        key_hash -> Binary,
        last_four -> Text,
        actions -> Nullable<Text>,
        vehicles -> Nullable<Text>,
        created_at -> BigInt,
        created_by -> Text,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    settings (name) {
        name -> Text,
        value -> Binary,
    }
}

diesel::table! {
    audit (id) {
        id -> BigInt,
        company_id -> Nullable<BigInt>,
        at -> BigInt,
        actor_kind -> Text,
        actor_id -> Nullable<BigInt>,
        actor_name -> Text,
        action -> Text,
        object_kind -> Text,
        object_id -> Nullable<BigInt>,
        object_name -> Text,
        changes -> Text,
        request_id -> Nullable<Text>,
    }
}

diesel::table! {
    alerts (id) {
        id -> BigInt,
        company_id -> BigInt,
        type_id -> BigInt,
        name -> Text,
        description -> Text,
        is_all_fleet -> Bool,
        is_all_tags -> Bool,
        tags -> Text,
        created_at -> BigInt,
        deleted_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    alert_units (alert_id, vehicle_id) {
        alert_id -> BigInt,
        vehicle_id -> BigInt,
        name -> Text,
        imei -> Text,
        vin -> Text,
    }
}

diesel::table! {
    webhooks (id) {
        id -> BigInt,
        company_id -> BigInt,
        version -> Integer,
        name -> Text,
        description -> Nullable<Text>,
        url -> Text,
        receives -> Text,
        criteria -> Text,
        format -> Text,
        auth_type -> Text,
        signing -> Bool,
        call_type -> Text,
        is_active -> Bool,
        sealed -> Nullable<Binary>,
        disabled_reason -> Nullable<Text>,
        disabled_at -> Nullable<BigInt>,
        created_at -> BigInt,
        created_by -> Text,
        updated_at -> BigInt,
        updated_by -> Text,
        deleted_at -> Nullable<BigInt>,
        paused_mode -> Nullable<Text>,
        paused_at -> Nullable<BigInt>,
        paused_by -> Nullable<Text>,
        paused_reason -> Nullable<Text>,
    }
}

diesel::table! {
    webhook_stats (webhook_id) {
        webhook_id -> BigInt,
        total -> BigInt,
        successes -> BigInt,
        failures -> BigInt,
        failures_since_success -> BigInt,
        failing_since -> Nullable<BigInt>,
        last_success_id -> Nullable<BigInt>,
        last_success_at -> Nullable<BigInt>,
        last_failure_id -> Nullable<BigInt>,
        last_failure_at -> Nullable<BigInt>,
        last_call_id -> Nullable<BigInt>,
        last_call_at -> Nullable<BigInt>,
        cert_host -> Nullable<Text>,
        cert_until -> Nullable<BigInt>,
        cert_seen_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    webhook_versions (webhook_id, version) {
        webhook_id -> BigInt,
        version -> Integer,
        at -> BigInt,
        changed_by -> Text,
        settings -> Text,
    }
}

diesel::table! {
    alert_links (id) {
        id -> BigInt,
        webhook_id -> BigInt,
        alert_id -> BigInt,
        linked_at -> BigInt,
        linked_by -> Text,
        unlinked_at -> Nullable<BigInt>,
        unlinked_by -> Nullable<Text>,
    }
}

diesel::table! {
    events (id) {
        id -> BigInt,
        company_id -> BigInt,
        alert_id -> BigInt,
        alert_type -> BigInt,
        alert_name -> Text,
        vehicle_id -> BigInt,
        vehicle_name -> Text,
        occurred_at -> BigInt,
        received_at -> BigInt,
        payload -> Text,
        is_test -> Bool,
        candidates -> Integer,
    }
}

diesel::table! {
    deliveries (id) {
        id -> BigInt,
        event_id -> BigInt,
        webhook_id -> BigInt,
        company_id -> BigInt,
        state -> SmallInt,
        trigger_kind -> SmallInt,
        not_sent -> Nullable<SmallInt>,
        detail -> Nullable<Text>,
        redelivery_of -> Nullable<BigInt>,
        attempts -> Integer,
        last_outcome -> Nullable<SmallInt>,
        last_status -> Nullable<Integer>,
        duration_us -> Nullable<BigInt>,
        due_at -> Nullable<BigInt>,
        created_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        trouble -> Nullable<SmallInt>,
        leased_at -> Nullable<BigInt>,
        lease_until -> Nullable<BigInt>,
        lease_token -> Nullable<BigInt>,
        replay_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    attempts (id) {
        id -> BigInt,
        delivery_id -> BigInt,
        webhook_id -> BigInt,
        number -> Integer,
        version -> Integer,
        started_at -> BigInt,
        finished_at -> Nullable<BigInt>,
        outcome -> Nullable<SmallInt>,
        counted -> Nullable<BigInt>,
        detail -> Nullable<Text>,
        status -> Nullable<Integer>,
        reason -> Nullable<Text>,
        dns_us -> Nullable<BigInt>,
        connect_us -> Nullable<BigInt>,
        tls_us -> Nullable<BigInt>,
        wait_us -> Nullable<BigInt>,
        read_us -> Nullable<BigInt>,
        total_us -> Nullable<BigInt>,
        remote -> Nullable<Text>,
        tls -> Nullable<Text>,
        request_url -> Nullable<Text>,
        request_headers -> Nullable<Text>,
        response_headers -> Nullable<Text>,
        response_body -> Nullable<Binary>,
        response_truncated -> Bool,
        cert_until -> Nullable<BigInt>,
    }
}

diesel::table! {
    hourly (webhook_id, hour) {
        webhook_id -> BigInt,
        hour -> BigInt,
        successes -> BigInt,
        failures -> BigInt,
        not_sent -> BigInt,
        ms_50 -> BigInt,
        ms_100 -> BigInt,
        ms_250 -> BigInt,
        ms_500 -> BigInt,
        ms_1000 -> BigInt,
        ms_2500 -> BigInt,
        ms_5000 -> BigInt,
        ms_more -> BigInt,
    }
}

diesel::table! {
    daily (webhook_id, hour) {
        webhook_id -> BigInt,
        hour -> BigInt,
        successes -> BigInt,
        failures -> BigInt,
        not_sent -> BigInt,
        ms_50 -> BigInt,
        ms_100 -> BigInt,
        ms_250 -> BigInt,
        ms_500 -> BigInt,
        ms_1000 -> BigInt,
        ms_2500 -> BigInt,
        ms_5000 -> BigInt,
        ms_more -> BigInt,
    }
}

diesel::table! {
    company_hours (company_id, hour) {
        company_id -> BigInt,
        hour -> BigInt,
        successes -> BigInt,
        failures -> BigInt,
        not_sent -> BigInt,
        ms_50 -> BigInt,
        ms_100 -> BigInt,
        ms_250 -> BigInt,
        ms_500 -> BigInt,
        ms_1000 -> BigInt,
        ms_2500 -> BigInt,
        ms_5000 -> BigInt,
        ms_more -> BigInt,
    }
}

diesel::table! {
    idempotency (api_key_id, key) {
        api_key_id -> BigInt,
        key -> Text,
        request_hash -> Binary,
        response -> Text,
        created_at -> BigInt,
    }
}

diesel::table! {
    form_tokens (user_id, token) {
        user_id -> BigInt,
        token -> Text,
        object_id -> BigInt,
        at -> BigInt,
    }
}

diesel::table! {
    pruned (webhook_id) {
        webhook_id -> BigInt,
        stats -> Text,
    }
}

diesel::table! {
    releases (webhook_id) {
        webhook_id -> BigInt,
        kind -> Text,
        upto_id -> BigInt,
        steps -> BigInt,
    }
}

diesel::table! {
    release_vehicles (webhook_id, vehicle_id) {
        webhook_id -> BigInt,
        vehicle_id -> BigInt,
    }
}

diesel::table! {
    replays (id) {
        id -> BigInt,
        company_id -> BigInt,
        filter -> Text,
        per_second -> Integer,
        status -> SmallInt,
        after_id -> BigInt,
        upto_id -> BigInt,
        cursor_id -> BigInt,
        expected -> BigInt,
        or_more -> Bool,
        made -> BigInt,
        skipped -> Text,
        created_at -> BigInt,
        created_by -> Text,
        stepped_at -> BigInt,
        finished_at -> Nullable<BigInt>,
    }
}

diesel::table! {
    saved_views (id) {
        id -> BigInt,
        company_id -> BigInt,
        user_id -> BigInt,
        name -> Text,
        query -> Text,
        is_shared -> Bool,
        created_at -> BigInt,
    }
}

diesel::table! {
    read_upto (company_id) {
        company_id -> BigInt,
        upto_id -> BigInt,
        times -> BigInt,
    }
}

diesel::table! {
    read_marks (event_id) {
        event_id -> BigInt,
        is_read -> Bool,
        times -> BigInt,
    }
}

diesel::table! {
    tallies (company_id, kind, hour, subject, value) {
        company_id -> BigInt,
        kind -> SmallInt,
        hour -> BigInt,
        subject -> BigInt,
        value -> BigInt,
        count -> BigInt,
    }
}

diesel::table! {
    tally_cursors (source) {
        source -> Text,
        upto_id -> BigInt,
        complete_to -> BigInt,
    }
}

diesel::joinable!(alert_links -> alerts (alert_id));
diesel::joinable!(alert_units -> alerts (alert_id));
diesel::joinable!(attempts -> deliveries (delivery_id));
diesel::joinable!(deliveries -> events (event_id));
diesel::joinable!(deliveries -> webhooks (webhook_id));

diesel::allow_tables_to_appear_in_same_query!(
    companies,
    company_tree,
    users,
    sessions,
    api_keys,
    settings,
    audit,
    alerts,
    alert_units,
    webhooks,
    webhook_stats,
    webhook_versions,
    alert_links,
    events,
    deliveries,
    attempts,
    company_hours,
    daily,
    hourly,
    form_tokens,
    idempotency,
    pruned,
    releases,
    release_vehicles,
    replays,
    read_upto,
    read_marks,
    tallies,
    tally_cursors,
    saved_views,
);
