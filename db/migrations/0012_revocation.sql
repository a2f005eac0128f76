CREATE TABLE "revocation_checks" (
	"certificate_sha256" "bytea" NOT NULL,
	"source_id" text NOT NULL,
	"serial" text NOT NULL,
	"is_authority" boolean NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"status" text,
	"revoked_at" timestamp with time zone,
	"reason" text,
	"next_update" timestamp with time zone,
	"checked_at" timestamp with time zone,
	CONSTRAINT "revocation_checks_certificate_sha256_source_id_pk" PRIMARY KEY("certificate_sha256","source_id"),
	CONSTRAINT "revocation_checks_status_known" CHECK ("revocation_checks"."status" in ('good', 'revoked'))
);
--> statement-breakpoint
CREATE TABLE "revocation_policies" (
	"environment" text PRIMARY KEY NOT NULL,
	"mode" text NOT NULL,
	"max_age_seconds" integer NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	CONSTRAINT "revocation_policies_environment_known" CHECK ("revocation_policies"."environment" in ('sandbox', 'production')),
	CONSTRAINT "revocation_policies_mode_known" CHECK ("revocation_policies"."mode" in ('hard', 'soft')),
	CONSTRAINT "revocation_policies_max_age" CHECK ("revocation_policies"."max_age_seconds" > 0)
);
--> statement-breakpoint
CREATE TABLE "revocation_sources" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"url" text NOT NULL,
	"subject" "bytea" NOT NULL,
	"issuer" "bytea" NOT NULL,
	"certificate" "bytea",
	"next_fetch_at" timestamp with time zone,
	"tried_at" timestamp with time zone,
	"fault" text,
	"failures" integer DEFAULT 0 NOT NULL,
	"good_at" timestamp with time zone,
	"this_update" timestamp with time zone,
	"next_update" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "revocation_sources_one" UNIQUE("kind","url","subject"),
	CONSTRAINT "revocation_sources_kind_known" CHECK ("revocation_sources"."kind" in ('crl', 'ocsp', 'unsupported'))
);
--> statement-breakpoint
ALTER TABLE "chain_certificates" ADD COLUMN "revocation_sources" smallint;--> statement-breakpoint
ALTER TABLE "revocation_checks" ADD CONSTRAINT "revocation_checks_source_id_revocation_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."revocation_sources"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "revocation_checks_source" ON "revocation_checks" USING btree ("source_id");--> statement-breakpoint
CREATE INDEX "revocation_sources_due" ON "revocation_sources" USING btree ("next_fetch_at");--> statement-breakpoint
CREATE INDEX "application_keys_ending" ON "application_keys" USING btree ("ends_at") WHERE ends_at is not null;--> statement-breakpoint
CREATE INDEX "certificate_chains_closing" ON "certificate_chains" USING btree ("closes_one_way_at") WHERE closes_one_way_at is not null and closed_one_way_at is null;--> statement-breakpoint
CREATE INDEX "chain_certificates_sha256" ON "chain_certificates" USING btree ("sha256");--> statement-breakpoint
CREATE INDEX "chain_certificates_ending" ON "chain_certificates" USING btree ("not_after");--> statement-breakpoint
CREATE INDEX "chain_certificates_unread" ON "chain_certificates" USING btree ("chain_id") WHERE revocation_sources is null;