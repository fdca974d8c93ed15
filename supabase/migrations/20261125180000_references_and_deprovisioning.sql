-- Managers who are bound, users who were deleted but kept, and the guard against mass deprovisioning.

-- Who a user's manager is, once it is known; `document` has it as it was sent. Nothing is waited for: as long as nobody
-- fits, pending_references has the name.
alter table scim.resources add column manager_id uuid;
create index resources_by_manager on scim.resources (app_id, manager_id) where manager_id is not null;
update scim.resources as r
set manager_id = m.id
from scim.resources as m
where r.resource_type = 'User' and m.app_id = r.app_id and m.resource_type = 'User' and m.deleted_at is null
    and r.search -> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User' -> 'manager' ->> 'value' = m.id::text;

-- Names that differ in letter case only may be of different resources: externalId has case. So a reference is kept under
-- its name as sent, and found by what all its spellings have in common. Of a name of more than 480 characters a hash stands
-- for the rest, as in every key of an index.
alter table scim.pending_references add column match_key text collate "C";
create index pending_references_by_match on scim.pending_references (app_id, match_key);

-- Users who are hidden, by what may bring them back.
create index resources_hidden_external_id on scim.resources (app_id, external_id) where deleted_at is not null;
create index resources_hidden_user_name on scim.resources (app_id, user_name_key) where deleted_at is not null;

-- Who was deactivated or deleted lately, each user once; written only where the guard is on.
create table scim.deprovisioned (
    app_id      uuid not null,
    resource_id uuid not null,
    at          timestamptz not null,
    deleted     boolean not null,
    primary key (app_id, resource_id)
);
create index deprovisioned_by_time on scim.deprovisioned (app_id, at);

-- What the guard of an application did, and until when it is released.
create table scim.guards (
    app_id         uuid primary key,
    refused        bigint not null default 0,
    refused_since  timestamptz,
    refused_at     timestamptz,
    released_until timestamptz
);

alter table scim.deprovisioned enable row level security;
alter table scim.guards enable row level security;
revoke all on scim.deprovisioned, scim.guards from public;
do $$
declare
    role_name text;
begin
    for role_name in select rolname from pg_roles where rolname in ('anon', 'authenticated') loop
        execute format('revoke all on scim.deprovisioned, scim.guards from %I', role_name);
    end loop;
end
$$;
