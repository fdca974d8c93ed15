-- How much was asked of each application, day by day: reads leave no record of their own.

create table scim.activity (
    app_id uuid not null,
    day    date not null, -- in UTC
    kind   text collate "C" not null, -- read, write, refusal
    n      bigint not null,
    primary key (app_id, day, kind)
) with (fillfactor = 70);

-- Refusals of one tenant or application are looked for among many records of writes.
create index audit_log_refused on scim.audit_log (app_id, id) where status >= 400;

alter table scim.activity enable row level security;
revoke all on scim.activity from public;
do $$
declare
    role_name text;
begin
    for role_name in select rolname from pg_roles where rolname in ('anon', 'authenticated') loop
        execute format('revoke all on scim.activity from %I', role_name);
    end loop;
end
$$;
