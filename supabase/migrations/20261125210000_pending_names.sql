-- Names that differ in letter case only may be of different resources: externalId has case. So each is kept by itself.
-- Of a name of more than 480 characters, the hash stands for the rest, as in every key of an index.

alter table scim.pending_references add column sent_name text collate "C";
update scim.pending_references
set sent_name = case
    when length(sent ->> 'value') <= 480 then sent ->> 'value'
    else left(sent ->> 'value', 480) || encode(sha256(convert_to(sent ->> 'value', 'UTF8')), 'hex')
end;
alter table scim.pending_references alter column sent_name set not null;
alter table scim.pending_references drop constraint pending_references_pkey;
alter table scim.pending_references add primary key (app_id, holder_id, attribute, sent_key, sent_name);
