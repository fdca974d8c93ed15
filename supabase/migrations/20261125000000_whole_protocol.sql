-- Custom schemas and resource types of applications, and pages by index that continue where the last one ended.

-- Moves when the schemas or resource types of an application change; 0 as long as it has none of its own.
alter table scim.applications add column registry_version bigint not null default 0;
alter table scim.applications add column registry_changed_at timestamptz;

-- Where a walk through an index-paged list goes on. Lost with a crash, which costs nothing but an exact offset.
create unlogged table scim.page_positions (
    app_id      uuid not null,
    token_id    uuid not null,
    query       bytea not null, -- SHA-256 of what was asked for
    start_index bigint not null,
    position    json not null,
    at          timestamptz not null,
    primary key (app_id, token_id, query, start_index)
);
create index page_positions_by_age on scim.page_positions (at);

-- Groups inside groups: few in most applications, and the first thing that a look for indirect groups asks.
create index group_members_nested on scim.group_members (app_id, member_id) where member_type = 'Group';

alter table scim.page_positions enable row level security;
revoke all on scim.page_positions from public;
do $$
declare
    role_name text;
begin
    for role_name in select rolname from pg_roles where rolname in ('anon', 'authenticated') loop
        execute format('revoke all on scim.page_positions from %I', role_name);
    end loop;
end
$$;
