-- An empty search_path is not the whole lock: Postgres looks for types in pg_temp first unless it is named. Whoever may
-- create temporary objects, as the login of edge functions and workers may, could put a domain named uuid there, and
-- its check would run with the owner's rights inside every function that casts to uuid. Named last it hides nothing.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid
    from pg_catalog.pg_proc p
    where 'search_path=""' = any(p.proconfig)
      and (
        p.pronamespace = 'private'::regnamespace
        or (p.pronamespace = 'public'::regnamespace and p.prosecdef and p.prosrc like '%private.%')
      )
  loop
    execute format('alter function %s set search_path = pg_catalog, pg_temp', v_function);
  end loop;
end
$$;
