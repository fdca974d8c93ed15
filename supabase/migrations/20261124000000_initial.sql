-- Tables of PySCIM. Every key starts with the owner, so that the data can be sharded by it.
-- Texts that are looked up are compared by code point (collation "C"), as the server does it in memory.

create schema if not exists scim;
create extension if not exists btree_gin with schema scim;

create table scim.tenants (
    id           uuid primary key,
    name         text collate "C" not null unique,
    display_name text,
    description  text,
    external_id  text collate "C" unique,
    active       boolean not null default true,
    settings     jsonb not null default '{}',
    created_at   timestamptz not null,
    modified_at  timestamptz not null
);

create table scim.applications (
    id           uuid primary key,
    tenant_id    uuid not null references scim.tenants,
    name         text collate "C" not null,
    display_name text,
    description  text,
    external_id  text collate "C",
    active       boolean not null default true,
    profile      text not null default 'auto',
    settings     jsonb not null default '{}',
    created_at   timestamptz not null,
    modified_at  timestamptz not null,
    unique (tenant_id, name)
);

create table scim.api_tokens (
    id           uuid primary key,
    tenant_id    uuid not null references scim.tenants on delete cascade,
    app_id       uuid references scim.applications on delete cascade, -- null: the whole tenant, read-only
    subject_id   uuid,
    name         text not null,
    description  text,
    token_hash   bytea not null unique, -- SHA-256; the token itself is nowhere
    scopes       text[] not null,
    allow_ips    cidr[] not null default '{}',
    expires_at   timestamptz,
    revoked_at   timestamptz,
    last_used_at timestamptz,
    created_at   timestamptz not null
);
create index api_tokens_by_tenant on scim.api_tokens (tenant_id);
create index api_tokens_by_app on scim.api_tokens (app_id);

create table scim.schemas (
    app_id uuid not null references scim.applications on delete cascade,
    urn    text collate "C" not null,
    body   json not null,
    primary key (app_id, urn)
);

create table scim.resource_types (
    app_id uuid not null references scim.applications on delete cascade,
    name   text collate "C" not null,
    body   json not null,
    primary key (app_id, name)
);

-- No foreign key to applications: every insert would lock that one row, and an application is only removed after its
-- resources. `document` is what is answered, `search` its normalised copy for filters. No index holds what a change of
-- membership touches (version, modified_at), so that such updates stay in their page.
create table scim.resources (
    app_id           uuid not null,
    id               uuid not null,
    resource_type    text collate "C" not null,
    user_name_key    text collate "C",
    display_name_key text collate "C",
    external_id      text collate "C",
    active           boolean,
    document         json not null,
    search           jsonb not null,
    secret           text,
    version          bigint not null default 1,
    created_at       timestamptz not null,
    modified_at      timestamptz not null,
    deleted_at       timestamptz,
    primary key (app_id, id)
) with (fillfactor = 85);
create unique index resources_user_name on scim.resources (app_id, resource_type, user_name_key)
    where deleted_at is null;
create index resources_in_order on scim.resources (app_id, resource_type, id) where deleted_at is null;
create index resources_external_id on scim.resources (app_id, resource_type, external_id) where deleted_at is null;
create index resources_display_name on scim.resources (app_id, resource_type, display_name_key)
    where deleted_at is null;
create index resources_search on scim.resources using gin (app_id, search jsonb_path_ops);

create table scim.resource_counts (
    app_id        uuid not null,
    resource_type text collate "C" not null,
    slot          smallint not null check (slot between 0 and 15),
    n             bigint not null,
    primary key (app_id, resource_type, slot)
) with (fillfactor = 50);

create table scim.unique_values (
    app_id        uuid not null,
    resource_type text collate "C" not null,
    attribute     text collate "C" not null,
    value_key     text collate "C" not null,
    resource_id   uuid not null,
    primary key (app_id, resource_type, attribute, value_key),
    foreign key (app_id, resource_id) references scim.resources on delete cascade
);
create index unique_values_by_resource on scim.unique_values (app_id, resource_id);

create table scim.group_members (
    app_id      uuid not null,
    group_id    uuid not null,
    member_id   uuid not null,
    member_type text collate "C" not null,
    display     text, -- as sent
    display_key text collate "C",
    added_at    timestamptz not null,
    primary key (app_id, group_id, member_id),
    foreign key (app_id, group_id) references scim.resources on delete cascade,
    foreign key (app_id, member_id) references scim.resources on delete cascade
);
create index group_members_by_member on scim.group_members (app_id, member_id);

create table scim.pending_references (
    app_id    uuid not null,
    holder_id uuid not null,
    attribute text collate "C" not null,
    sent_key  text collate "C" not null,
    sent      json not null,
    at        timestamptz not null,
    primary key (app_id, holder_id, attribute, sent_key),
    foreign key (app_id, holder_id) references scim.resources on delete cascade
);
create index pending_references_by_key on scim.pending_references (app_id, sent_key);

create table scim.audit_log (
    tenant_id     uuid,
    app_id        uuid,
    id            uuid primary key,
    at            timestamptz not null,
    action        text not null,
    actor         text not null,
    resource_type text,
    resource_id   uuid,
    request_id    text,
    ip            inet,
    user_agent    text,
    method        text,
    path          text,
    status        smallint,
    scim_type     text,
    detail        text,
    rules         text[] not null default '{}',
    changes       jsonb,
    request       json,
    response      json,
    duration_ms   real
);
create index audit_log_by_app on scim.audit_log (app_id, id);
create index audit_log_by_tenant on scim.audit_log (tenant_id, id);
create index audit_log_by_resource on scim.audit_log (app_id, resource_id, id) where resource_id is not null;

create table scim.secrets (
    name       text primary key,
    value      text not null,
    created_at timestamptz not null
);

-- For people who read the data with SQL.
create view scim.users with (security_invoker = true) as
select
    app_id,
    id,
    document ->> 'userName' as user_name,
    external_id,
    document ->> 'displayName' as display_name,
    document -> 'name' ->> 'givenName' as given_name,
    document -> 'name' ->> 'familyName' as family_name,
    document ->> 'title' as title,
    document ->> 'userType' as user_type,
    coalesce(
        (select e ->> 'value' from json_array_elements(document -> 'emails') as e where e ->> 'primary' = 'true' limit 1),
        document -> 'emails' -> 0 ->> 'value'
    ) as email,
    document -> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User' ->> 'employeeNumber' as employee_number,
    document -> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User' ->> 'department' as department,
    document -> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User' -> 'manager' ->> 'value' as manager,
    active,
    version,
    created_at,
    modified_at
from scim.resources
where resource_type = 'User' and deleted_at is null;

create view scim.groups with (security_invoker = true) as
select
    g.app_id,
    g.id,
    g.document ->> 'displayName' as display_name,
    g.external_id,
    (select count(*) from scim.group_members as m where m.app_id = g.app_id and m.group_id = g.id) as members,
    g.version,
    g.created_at,
    g.modified_at
from scim.resources as g
where g.resource_type = 'Group' and g.deleted_at is null;

-- Only the owner of the tables sees them: neither other roles of the database nor a public API in front of it.
alter table scim.tenants enable row level security;
alter table scim.applications enable row level security;
alter table scim.api_tokens enable row level security;
alter table scim.schemas enable row level security;
alter table scim.resource_types enable row level security;
alter table scim.resources enable row level security;
alter table scim.resource_counts enable row level security;
alter table scim.unique_values enable row level security;
alter table scim.group_members enable row level security;
alter table scim.pending_references enable row level security;
alter table scim.audit_log enable row level security;
alter table scim.secrets enable row level security;

revoke all on schema scim from public;
revoke all on all tables in schema scim from public;
alter default privileges in schema scim revoke all on tables from public;
do $$
declare
    role_name text;
begin
    for role_name in select rolname from pg_roles where rolname in ('anon', 'authenticated') loop
        execute format('revoke all on schema scim from %I', role_name);
        execute format('revoke all on all tables in schema scim from %I', role_name);
        execute format('alter default privileges in schema scim revoke all on tables from %I', role_name);
    end loop;
end
$$;
