CREATE TABLE "application_public_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"kid" text NOT NULL,
	"algorithm" text NOT NULL,
	"jwk" jsonb NOT NULL,
	"thumbprint" "bytea" NOT NULL,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "application_public_keys_algorithm_known" CHECK ("application_public_keys"."algorithm" in ('PS256', 'ES256', 'EdDSA'))
);
--> statement-breakpoint
CREATE TABLE "consents" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"scopes" text[] NOT NULL,
	"authorization_details" jsonb,
	"auth_time" timestamp with time zone NOT NULL,
	"amr" jsonb NOT NULL,
	"granted_at" timestamp with time zone NOT NULL,
	"renewed_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"revoked_by" text,
	"revoked_reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "consents_scopes" CHECK (cardinality("consents"."scopes") > 0 or "consents"."authorization_details" is not null)
);
--> statement-breakpoint
CREATE TABLE "authorization_code_grants" (
	"code_hash" "bytea" NOT NULL,
	"position" smallint NOT NULL,
	"consent_id" text NOT NULL,
	"scopes" text[] NOT NULL,
	"family_id" uuid,
	CONSTRAINT "authorization_code_grants_code_hash_position_pk" PRIMARY KEY("code_hash","position"),
	CONSTRAINT "authorization_code_grants_consent" UNIQUE("code_hash","consent_id")
);
--> statement-breakpoint
CREATE TABLE "authorization_codes" (
	"code_hash" "bytea" PRIMARY KEY NOT NULL,
	"request_id" text NOT NULL,
	"auth_time" timestamp with time zone NOT NULL,
	"amr" jsonb NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"exchanged_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "authorization_codes_request" UNIQUE("request_id")
);
--> statement-breakpoint
CREATE TABLE "authorization_requests" (
	"id" text PRIMARY KEY NOT NULL,
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"kind" text NOT NULL,
	"redirect_uri" text NOT NULL,
	"state" text,
	"nonce" uuid,
	"scopes" text[] NOT NULL,
	"authorization_details" jsonb,
	"code_challenge" text,
	"certificate_sha256" "bytea",
	"jwk_thumbprint" "bytea",
	"request_uri_hash" "bytea",
	"opened_at" timestamp with time zone,
	"browser_hash" "bytea",
	"person_id" text,
	"answered_at" timestamp with time zone,
	"answer" text,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "authorization_requests_request_uri" UNIQUE("request_uri_hash"),
	CONSTRAINT "authorization_requests_kind_known" CHECK ("authorization_requests"."kind" in ('flow', 'standard', 'pushed')),
	CONSTRAINT "authorization_requests_answered" CHECK (("authorization_requests"."answered_at" is null) = ("authorization_requests"."answer" is null))
);
--> statement-breakpoint
CREATE TABLE "spent_proofs" (
	"application_id" text NOT NULL,
	"proof_hash" "bytea" NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	CONSTRAINT "spent_proofs_application_id_proof_hash_pk" PRIMARY KEY("application_id","proof_hash")
);
--> statement-breakpoint
ALTER TABLE "token_families" ALTER COLUMN "secret_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "token_families" ALTER COLUMN "refresh_key" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "token_families" ALTER COLUMN "refresh_hash" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "token_families" ADD COLUMN "public_key_id" text;--> statement-breakpoint
ALTER TABLE "token_families" ADD COLUMN "chain_id" text;--> statement-breakpoint
ALTER TABLE "token_families" ADD COLUMN "consent_id" text;--> statement-breakpoint
ALTER TABLE "token_families" ADD COLUMN "scopes" text[];--> statement-breakpoint
ALTER TABLE "token_families" ADD COLUMN "authorization_details" jsonb;--> statement-breakpoint
ALTER TABLE "token_families" ADD COLUMN "certificate_sha256" "bytea";--> statement-breakpoint
ALTER TABLE "token_families" ADD COLUMN "jwk_thumbprint" "bytea";--> statement-breakpoint
ALTER TABLE "application_public_keys" ADD CONSTRAINT "application_public_keys_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "application_public_keys" ADD CONSTRAINT "application_public_keys_application_environment" FOREIGN KEY ("application_id","environment") REFERENCES "public"."application_environments"("application_id","environment") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "consents" ADD CONSTRAINT "consents_application_environment" FOREIGN KEY ("application_id","environment") REFERENCES "public"."application_environments"("application_id","environment") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorization_code_grants" ADD CONSTRAINT "authorization_code_grants_code_hash_authorization_codes_code_hash_fk" FOREIGN KEY ("code_hash") REFERENCES "public"."authorization_codes"("code_hash") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorization_code_grants" ADD CONSTRAINT "authorization_code_grants_consent_id_consents_id_fk" FOREIGN KEY ("consent_id") REFERENCES "public"."consents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorization_codes" ADD CONSTRAINT "authorization_codes_request_id_authorization_requests_id_fk" FOREIGN KEY ("request_id") REFERENCES "public"."authorization_requests"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorization_requests" ADD CONSTRAINT "authorization_requests_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "authorization_requests" ADD CONSTRAINT "authorization_requests_application_environment" FOREIGN KEY ("application_id","environment") REFERENCES "public"."application_environments"("application_id","environment") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "application_public_keys_one_kid" ON "application_public_keys" USING btree ("application_id","environment","kid") WHERE revoked_at is null;--> statement-breakpoint
CREATE UNIQUE INDEX "consents_one_live" ON "consents" USING btree ("person_id","customer_id","application_id","environment") WHERE revoked_at is null;--> statement-breakpoint
CREATE INDEX "consents_customer" ON "consents" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "consents_application" ON "consents" USING btree ("application_id","environment");--> statement-breakpoint
CREATE INDEX "authorization_codes_expires" ON "authorization_codes" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "authorization_requests_one_nonce" ON "authorization_requests" USING btree ("application_id","environment","nonce") WHERE nonce is not null;--> statement-breakpoint
CREATE INDEX "authorization_requests_expires" ON "authorization_requests" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "spent_proofs_expires" ON "spent_proofs" USING btree ("expires_at");