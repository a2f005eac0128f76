-- Tables that grow are range-partitioned by day; db/partitions.ts makes the partitions ahead and drops the expired ones.
CREATE TABLE "access_tokens" (
	"access_key" bigint NOT NULL,
	"access_hash" bytea NOT NULL,
	"family_id" uuid NOT NULL,
	"issued_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL
) PARTITION BY RANGE ("issued_at");
--> statement-breakpoint
CREATE INDEX "access_tokens_access_key" ON "access_tokens" ("access_key");
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"id" bigint GENERATED ALWAYS AS IDENTITY,
	"at" timestamp with time zone NOT NULL,
	"action" text NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"customer_id" text,
	"application_id" text,
	"environment" text,
	"subject_id" text,
	"person_id" text,
	"address" text,
	"request_id" text NOT NULL,
	"data" jsonb NOT NULL,
	"key_id" text NOT NULL,
	"mac" bytea NOT NULL,
	PRIMARY KEY ("id", "at")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE INDEX "audit_events_subject" ON "audit_events" ("subject_id", "at");
--> statement-breakpoint
CREATE INDEX "audit_events_application" ON "audit_events" ("application_id", "at");
--> statement-breakpoint
CREATE INDEX "audit_events_actor" ON "audit_events" ("actor_id", "at");
--> statement-breakpoint
CREATE TABLE "audit_links" (
	"position" bigint PRIMARY KEY,
	"event_id" bigint NOT NULL UNIQUE,
	"hash" bytea NOT NULL
);
--> statement-breakpoint
CREATE FUNCTION "refuse_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
--> statement-breakpoint
CREATE TRIGGER "audit_events_append_only" BEFORE UPDATE OR DELETE ON "audit_events" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "audit_links_append_only" BEFORE UPDATE OR DELETE ON "audit_links" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
--> statement-breakpoint
CREATE TRIGGER "disposition_evidence_append_only" BEFORE UPDATE OR DELETE ON "disposition_evidence" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
