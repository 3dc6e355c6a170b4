-- An app as it was before: rooms, people and posts with names and keys of its own. Nothing here knows of notifications.

create table public.people (
  id bigint generated always as identity primary key,
  account uuid unique references auth.users (id) on delete set null,
  nick text not null unique,
  full_name text,
  language text,
  zone text
);

create table public.rooms (
  id bigint generated always as identity primary key,
  title text not null
);

create table public.room_members (
  room_id bigint not null references public.rooms (id) on delete cascade,
  person_id bigint not null references public.people (id) on delete cascade,
  is_host boolean not null default false,
  since timestamptz not null default now(),
  primary key (room_id, person_id)
);
create index room_members_person_idx on public.room_members (person_id, room_id);

create table public.posts (
  id bigint generated always as identity primary key,
  room_id bigint not null references public.rooms (id) on delete cascade,
  person_id bigint references public.people (id) on delete set null,
  content text not null,
  posted_at timestamptz not null default now(),
  edited_at timestamptz,
  removed boolean not null default false
);
create index posts_room_idx on public.posts (room_id, id desc);

alter table public.people enable row level security;
alter table public.rooms enable row level security;
alter table public.room_members enable row level security;
alter table public.posts enable row level security;
