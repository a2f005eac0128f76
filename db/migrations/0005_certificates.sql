CREATE TABLE "certificate_calendars" (
	"application_id" text PRIMARY KEY NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "certificate_calendars_token" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "certificate_chains" (
	"id" text PRIMARY KEY NOT NULL,
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"subject" text NOT NULL,
	"leaf_sha256" "bytea" NOT NULL,
	"root_sha256" "bytea" NOT NULL,
	"key_sha256" "bytea",
	"not_before" timestamp with time zone NOT NULL,
	"not_after" timestamp with time zone NOT NULL,
	"report" jsonb NOT NULL,
	"submitted_by" text,
	"submitted_at" timestamp with time zone NOT NULL,
	"approved_at" timestamp with time zone,
	"refused_at" timestamp with time zone,
	"starts_at" timestamp with time zone NOT NULL,
	"replaces_at" timestamp with time zone,
	"ends_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"revoked_reason" text,
	"closes_one_way_at" timestamp with time zone,
	"closed_one_way_at" timestamp with time zone,
	CONSTRAINT "certificate_chains_reviewed_once" CHECK ("certificate_chains"."approved_at" is null or "certificate_chains"."refused_at" is null)
);
--> statement-breakpoint
CREATE TABLE "certificate_keys" (
	"spki_sha256" "bytea" PRIMARY KEY NOT NULL,
	"application_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "certificate_keys_of_application" UNIQUE("spki_sha256","application_id")
);
--> statement-breakpoint
CREATE TABLE "chain_certificates" (
	"chain_id" text NOT NULL,
	"position" smallint NOT NULL,
	"der" "bytea" NOT NULL,
	"sha256" "bytea" NOT NULL,
	"subject" text NOT NULL,
	"not_after" timestamp with time zone NOT NULL,
	CONSTRAINT "chain_certificates_chain_id_position_pk" PRIMARY KEY("chain_id","position")
);
--> statement-breakpoint
CREATE TABLE "sandbox_certificates" (
	"serial" text PRIMARY KEY NOT NULL,
	"application_id" text NOT NULL,
	"kind" text NOT NULL,
	"not_after" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "trust_anchors" (
	"id" text PRIMARY KEY NOT NULL,
	"environment" text NOT NULL,
	"owner" text NOT NULL,
	"purpose" text NOT NULL,
	"subject" text NOT NULL,
	"der" "bytea" NOT NULL,
	"sha256" "bytea" NOT NULL,
	"not_before" timestamp with time zone NOT NULL,
	"not_after" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp with time zone,
	CONSTRAINT "trust_anchors_environment_known" CHECK ("trust_anchors"."environment" in ('sandbox', 'production'))
);
--> statement-breakpoint
CREATE TABLE "versions" (
	"name" text PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "certificate_calendars" ADD CONSTRAINT "certificate_calendars_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certificate_calendars" ADD CONSTRAINT "certificate_calendars_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certificate_chains" ADD CONSTRAINT "certificate_chains_submitted_by_people_id_fk" FOREIGN KEY ("submitted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certificate_chains" ADD CONSTRAINT "certificate_chains_application_environment" FOREIGN KEY ("application_id","environment") REFERENCES "public"."application_environments"("application_id","environment") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certificate_chains" ADD CONSTRAINT "certificate_chains_key" FOREIGN KEY ("key_sha256","application_id") REFERENCES "public"."certificate_keys"("spki_sha256","application_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certificate_keys" ADD CONSTRAINT "certificate_keys_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chain_certificates" ADD CONSTRAINT "chain_certificates_chain_id_certificate_chains_id_fk" FOREIGN KEY ("chain_id") REFERENCES "public"."certificate_chains"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sandbox_certificates" ADD CONSTRAINT "sandbox_certificates_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sandbox_certificates" ADD CONSTRAINT "sandbox_certificates_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "certificate_chains_one_leaf" ON "certificate_chains" USING btree ("application_id","environment","leaf_sha256") WHERE refused_at is null;--> statement-breakpoint
CREATE INDEX "certificate_chains_root" ON "certificate_chains" USING btree ("environment","root_sha256");--> statement-breakpoint
CREATE INDEX "sandbox_certificates_application" ON "sandbox_certificates" USING btree ("application_id");--> statement-breakpoint
CREATE UNIQUE INDEX "trust_anchors_one_live" ON "trust_anchors" USING btree ("environment","sha256") WHERE removed_at is null;