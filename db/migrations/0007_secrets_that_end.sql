CREATE TABLE "application_keys" (
	"client_id" text PRIMARY KEY NOT NULL,
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ends_at" timestamp with time zone,
	"ends_because" text,
	CONSTRAINT "application_keys_ends_because_known" CHECK ("application_keys"."ends_because" in ('rotation', 'ended'))
);
--> statement-breakpoint
CREATE TABLE "secret_sightings" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "secret_sightings_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"secret_id" text NOT NULL,
	"person_id" text,
	"seen_by" text NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	"address" text,
	CONSTRAINT "secret_sightings_seen_by_known" CHECK ("secret_sightings"."seen_by" in ('made', 'rotated', 'replaced'))
);
--> statement-breakpoint
CREATE TABLE "usage_reports" (
	"replica_id" text PRIMARY KEY NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"flushed_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "usage_marks" ALTER COLUMN "day_started_at" SET DEFAULT now();--> statement-breakpoint
ALTER TABLE "usage_marks" ALTER COLUMN "uses_of_day" SET DEFAULT 0;--> statement-breakpoint
ALTER TABLE "application_secrets" ADD COLUMN "ends_because" text;--> statement-breakpoint
ALTER TABLE "application_secrets" ADD COLUMN "retires_unused_hours" integer;--> statement-breakpoint
ALTER TABLE "application_secrets" ADD COLUMN "retirement_chosen_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "usage_marks" ADD COLUMN "hour_started_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "usage_marks" ADD COLUMN "uses_by_hour" integer[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "application_keys" ADD CONSTRAINT "application_keys_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "application_keys" ADD CONSTRAINT "application_keys_application_environment" FOREIGN KEY ("application_id","environment") REFERENCES "public"."application_environments"("application_id","environment") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "secret_sightings" ADD CONSTRAINT "secret_sightings_secret_id_application_secrets_id_fk" FOREIGN KEY ("secret_id") REFERENCES "public"."application_secrets"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "secret_sightings" ADD CONSTRAINT "secret_sightings_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "application_keys_application" ON "application_keys" USING btree ("application_id","environment");--> statement-breakpoint
CREATE UNIQUE INDEX "application_keys_one_current" ON "application_keys" USING btree ("application_id","environment") WHERE ends_at is null;--> statement-breakpoint
CREATE INDEX "secret_sightings_secret" ON "secret_sightings" USING btree ("secret_id");--> statement-breakpoint
CREATE INDEX "secret_sightings_person" ON "secret_sightings" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "application_secrets_ending" ON "application_secrets" USING btree ("ends_at") WHERE ends_at is not null and revoked_at is null;--> statement-breakpoint
ALTER TABLE "application_secrets" ADD CONSTRAINT "application_secrets_ends_because_known" CHECK ("application_secrets"."ends_because" in ('lifetime', 'rotation', 'ended', 'unused'));--> statement-breakpoint
ALTER TABLE "application_secrets" ADD CONSTRAINT "application_secrets_retirement" CHECK (("application_secrets"."retires_unused_hours" is null) = ("application_secrets"."retirement_chosen_at" is null) and "application_secrets"."retires_unused_hours" between 1 and 720);--> statement-breakpoint
INSERT INTO "application_keys" ("client_id", "application_id", "environment", "created_at")
  SELECT "client_id", "application_id", "environment", "created_at" FROM "application_environments";
--> statement-breakpoint
-- By trigger, so that an application which a process of the release before registers has its key here too.
CREATE FUNCTION enter_first_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO application_keys (client_id, application_id, environment, created_at)
  VALUES (new.client_id, new.application_id, new.environment, new.created_at);
  RETURN null;
END $$;
--> statement-breakpoint
CREATE TRIGGER application_environments_first_key AFTER INSERT ON "application_environments"
  FOR EACH ROW EXECUTE FUNCTION enter_first_key();
--> statement-breakpoint
INSERT INTO "secret_sightings" ("secret_id", "person_id", "seen_by", "seen_at")
  SELECT "id", "created_by", 'made', "created_at" FROM "application_secrets";
