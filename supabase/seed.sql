-- The demo: one organization, its events and its people, for the local stack. Password of all: demo-password.
-- Nothing here is chat history, so that the first letter anybody gets is about a message somebody wrote.

insert into auth.users (
  id, aud, role, email, encrypted_password, email_confirmed_at, raw_app_meta_data, raw_user_meta_data
)
select
  id, 'authenticated', 'authenticated', handle || '@demo.test',
  -- Cost 10 is what sign-in itself uses.
  extensions.crypt('demo-password', extensions.gen_salt('bf', 10)), now(),
  '{"provider": "email", "providers": ["email"]}',
  jsonb_build_object('handle', handle, 'display_name', display_name, 'locale', locale, 'time_zone', time_zone)
from (values
  ('d0000000-0000-4000-8000-000000000001'::uuid, 'organizer', 'Olivia Brandt', 'en', 'Europe/Berlin'),
  ('d0000000-0000-4000-8000-000000000002'::uuid, 'speaker', 'Samir Haddad', 'en', 'Europe/London'),
  ('d0000000-0000-4000-8000-000000000003'::uuid, 'volunteer', 'Vera Lindqvist', 'en', 'Europe/Stockholm'),
  ('d0000000-0000-4000-8000-000000000004'::uuid, 'guest', 'Gustavo Pereira', 'en', 'America/Sao_Paulo'),
  ('d0000000-0000-4000-8000-000000000005'::uuid, 'newcomer', 'Nora Okafor', 'en', 'Africa/Lagos'),
  ('d0000000-0000-4000-8000-000000000006'::uuid, 'outsider', 'Otto Weiss', 'en', 'Europe/Vienna'),
  ('d0000000-0000-4000-8000-000000000007'::uuid, 'operator', 'Petra Novak', 'en', 'Europe/Prague')
) as person (id, handle, display_name, locale, time_zone);

-- Sign-in by password looks for an identity, too.
insert into auth.identities (id, provider, provider_id, user_id, identity_data, last_sign_in_at)
select
  gen_random_uuid(), 'email', u.id::text, u.id,
  jsonb_build_object('sub', u.id::text, 'email', u.email, 'email_verified', true), now()
from auth.users u
where u.email like '%@demo.test';

-- The trigger on auth.users made the profiles; a host without it gets the same.
insert into public.profiles (user_id, handle, display_name, locale, time_zone, welcomed_at)
select
  u.id, u.raw_user_meta_data ->> 'handle', u.raw_user_meta_data ->> 'display_name',
  u.raw_user_meta_data ->> 'locale', u.raw_user_meta_data ->> 'time_zone', now()
from auth.users u
where u.email like '%@demo.test'
on conflict (user_id) do update
set handle = excluded.handle, display_name = excluded.display_name, locale = excluded.locale, time_zone = excluded.time_zone,
  welcomed_at = excluded.welcomed_at;

insert into public.notification_consents (user_id, given_at, source, wording_version)
select u.id, now(), 'demo', '1'
from auth.users u
where u.email like '%@demo.test';

insert into private.operators (user_id) values ('d0000000-0000-4000-8000-000000000007');

insert into public.organizations (id, name) values
  ('d1000000-0000-4000-8000-000000000001', 'Harbour Arts Society');

-- The newcomer hears of every event as a member and is a participant of none; speaker and guest the other way round.
insert into public.organization_members (organization_id, user_id, role) values
  ('d1000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000001', 'owner'),
  ('d1000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000003', 'member'),
  ('d1000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000005', 'member');

insert into public.events (id, organization_id, title) values
  ('d2000000-0000-4000-8000-000000000001', 'd1000000-0000-4000-8000-000000000001', 'Summer Festival on the Pier'),
  ('d2000000-0000-4000-8000-000000000002', 'd1000000-0000-4000-8000-000000000001', 'Open Studio Night'),
  ('d2000000-0000-4000-8000-000000000003', 'd1000000-0000-4000-8000-000000000001', 'Talk: Painting with Tides');

insert into public.event_participants (event_id, user_id, role) values
  ('d2000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000001', 'organizer'),
  ('d2000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000002', 'speaker'),
  ('d2000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000003', 'volunteer'),
  ('d2000000-0000-4000-8000-000000000001', 'd0000000-0000-4000-8000-000000000004', 'participant'),
  ('d2000000-0000-4000-8000-000000000002', 'd0000000-0000-4000-8000-000000000001', 'organizer'),
  ('d2000000-0000-4000-8000-000000000002', 'd0000000-0000-4000-8000-000000000003', 'volunteer'),
  ('d2000000-0000-4000-8000-000000000002', 'd0000000-0000-4000-8000-000000000004', 'participant'),
  ('d2000000-0000-4000-8000-000000000003', 'd0000000-0000-4000-8000-000000000001', 'organizer'),
  ('d2000000-0000-4000-8000-000000000003', 'd0000000-0000-4000-8000-000000000002', 'speaker'),
  ('d2000000-0000-4000-8000-000000000003', 'd0000000-0000-4000-8000-000000000003', 'volunteer');
