-- What migrations of Supabase projects do with what the platform gives them.
CREATE EXTENSION IF NOT EXISTS "uuid-ossp" WITH SCHEMA extensions;
CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA extensions;
CREATE EXTENSION IF NOT EXISTS pg_cron;
CREATE EXTENSION IF NOT EXISTS pgmq;
CREATE EXTENSION IF NOT EXISTS pg_net WITH SCHEMA extensions;
ALTER EXTENSION vector UPDATE;

CREATE TABLE public.profiles (
  id uuid PRIMARY KEY REFERENCES auth.users (id) ON DELETE CASCADE,
  key uuid NOT NULL DEFAULT uuid_generate_v4(),
  avatar uuid REFERENCES storage.objects,
  email text DEFAULT auth.email()
);
ALTER TABLE public.profiles ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON public.profiles FOR ALL TO authenticated USING ((SELECT auth.uid()) = id) WITH CHECK (auth.uid() = id);
CREATE POLICY service ON public.profiles TO service_role USING (auth.jwt() ->> 'aal' = 'aal2');

CREATE FUNCTION public.on_user() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  INSERT INTO public.profiles (id) VALUES (NEW.id);
  PERFORM net.http_post(url := 'http://localhost', body := jsonb_build_object('id', NEW.id));
  RETURN NEW;
END
$$;
CREATE TRIGGER on_auth_user_created AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION public.on_user();
INSERT INTO auth.users (id, email) VALUES ('11111111-1111-1111-1111-111111111111', 'a@example.org');

INSERT INTO storage.buckets (id, name, public) VALUES ('avatars', 'avatars', true) ON CONFLICT DO NOTHING;
CREATE POLICY read_avatars ON storage.objects FOR SELECT USING (
  bucket_id = 'avatars' AND (storage.foldername(name))[1] = auth.uid()::text AND storage.extension(name) = 'png'
);
CREATE POLICY room ON realtime.messages FOR SELECT TO authenticated USING (realtime.topic() = 'room');
SELECT realtime.send('{}'::jsonb, 'e', 't', false) WHERE false;
ALTER PUBLICATION supabase_realtime ADD TABLE public.profiles;
CREATE PUBLICATION everything FOR ALL TABLES;

CREATE TABLE public.docs (id bigint PRIMARY KEY, embedding extensions.vector(1536));
CREATE INDEX docs_hnsw ON public.docs USING hnsw (embedding vector_cosine_ops) WITH (m = 16, ef_construction = 64);
CREATE FUNCTION public.match(query vector) RETURNS SETOF public.docs LANGUAGE sql STABLE AS $$
  SELECT * FROM public.docs ORDER BY embedding <=> query LIMIT 10
$$;

SELECT cron.schedule('nightly', '0 3 * * *', 'SELECT 1');
SELECT cron.unschedule('nightly');
SELECT pgmq.create('jobs');
ALTER TABLE pgmq.q_jobs ENABLE ROW LEVEL SECURITY;
SELECT pgmq.send('jobs', '{}');
SELECT vault.create_secret('s3cret', 'name');
CREATE VIEW public.secrets WITH (security_barrier) AS SELECT name, decrypted_secret FROM vault.decrypted_secrets;

CREATE ROLE reader NOLOGIN;
GRANT reader TO authenticator;
ALTER ROLE authenticator SET pgrst.db_schemas = 'public';
ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public REVOKE ALL ON TABLES FROM anon;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon;
ALTER DATABASE postgres SET "app.settings.x" = 'y';
NOTIFY pgrst, 'reload schema';
CREATE FUNCTION public.on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION public.on_ddl();
