CREATE TABLE "certificate_refusals" (
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"code" text NOT NULL,
	"laid_by" text NOT NULL,
	"leaf_sha256" "bytea" NOT NULL,
	"chain_id" text,
	"subject" text NOT NULL,
	"issuer" text NOT NULL,
	"not_after" timestamp with time zone,
	"address" text,
	"protocol" text,
	"first_at" timestamp with time zone NOT NULL,
	"last_at" timestamp with time zone NOT NULL,
	"times" integer NOT NULL,
	CONSTRAINT "certificate_refusals_once" PRIMARY KEY("application_id","environment","code","laid_by","leaf_sha256"),
	CONSTRAINT "certificate_refusals_laid" CHECK ("certificate_refusals"."laid_by" in ('certificate', 'key', 'secret', 'application-key'))
);
--> statement-breakpoint
CREATE TABLE "chain_handshakes" (
	"chain_id" text PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"address" text,
	"protocol" text
);
--> statement-breakpoint
CREATE TABLE "trust_store_reports" (
	"replica_id" text PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"reported_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "certificate_refusals" ADD CONSTRAINT "certificate_refusals_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "certificate_refusals" ADD CONSTRAINT "certificate_refusals_chain_id_certificate_chains_id_fk" FOREIGN KEY ("chain_id") REFERENCES "public"."certificate_chains"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "chain_handshakes" ADD CONSTRAINT "chain_handshakes_chain_id_certificate_chains_id_fk" FOREIGN KEY ("chain_id") REFERENCES "public"."certificate_chains"("id") ON DELETE no action ON UPDATE no action;