CREATE TABLE "known_devices" (
	"id" text PRIMARY KEY NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"person_id" text NOT NULL,
	"user_agent" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "known_devices_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "mail_links" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"purpose" text NOT NULL,
	"email" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"consumed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "mail_links_purpose_known" CHECK ("mail_links"."purpose" in ('confirm-email', 'change-email', 'reset-password'))
);
--> statement-breakpoint
CREATE TABLE "mailbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"to" text NOT NULL,
	"subject" text NOT NULL,
	"text" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "one_time_codes" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"purpose" text NOT NULL,
	"code_mac" "bytea" NOT NULL,
	"tries" smallint DEFAULT 0 NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"consumed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "passkey_challenges" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text,
	"purpose" text NOT NULL,
	"challenge" text NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"consumed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "passkeys" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" "bytea" NOT NULL,
	"counter" integer NOT NULL,
	"transports" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"rp_id" text NOT NULL,
	"name" text NOT NULL,
	"backup_eligible" boolean NOT NULL,
	"backed_up" boolean NOT NULL,
	"accepts_from" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	"removed_at" timestamp with time zone,
	CONSTRAINT "passkeys_credential_id_unique" UNIQUE("credential_id")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" text PRIMARY KEY NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"locale" text DEFAULT 'en' NOT NULL,
	"password_hash" text,
	"email_confirmed_at" timestamp with time zone,
	"operator_since" timestamp with time zone,
	"disabled_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "people_locale_known" CHECK ("people"."locale" in ('en', 'it'))
);
--> statement-breakpoint
CREATE TABLE "push_subscriptions" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"endpoint" text NOT NULL,
	"p256dh" text NOT NULL,
	"auth" text NOT NULL,
	"user_agent" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp with time zone,
	"failed_at" timestamp with time zone,
	CONSTRAINT "push_subscriptions_endpoint_unique" UNIQUE("endpoint")
);
--> statement-breakpoint
CREATE TABLE "recovery_codes" (
	"person_id" text NOT NULL,
	"code_hash" "bytea" NOT NULL,
	"used_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "recovery_codes_person_id_code_hash_pk" PRIMARY KEY("person_id","code_hash")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"person_id" text NOT NULL,
	"customer_id" text,
	"auth_time" timestamp with time zone NOT NULL,
	"amr" jsonb NOT NULL,
	"stepped_up_at" timestamp with time zone,
	"proved_by" text DEFAULT 'unknown' NOT NULL,
	"last_active_at" timestamp with time zone NOT NULL,
	"paused_at" timestamp with time zone,
	"expires_at" timestamp with time zone NOT NULL,
	"user_agent" text NOT NULL,
	"address" text,
	"device_id" text,
	"revoked_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "sessions_token_hash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "sign_in_attempts" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"person_id" text,
	"first_factor_at" timestamp with time zone,
	"second_factor" text,
	"return_to" text,
	"expires_at" timestamp with time zone NOT NULL,
	"consumed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_in_tickets" (
	"token_hash" "bytea" PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"amr" jsonb NOT NULL,
	"proved_by" text NOT NULL,
	"device_id" text,
	"expires_at" timestamp with time zone NOT NULL,
	"consumed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "throttles" (
	"key" text PRIMARY KEY NOT NULL,
	"failures" integer NOT NULL,
	"window_started_at" timestamp with time zone NOT NULL,
	"blocked_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "totp_factors" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"secret_sealed" "bytea" NOT NULL,
	"last_step" integer DEFAULT 0 NOT NULL,
	"accepts_from" timestamp with time zone NOT NULL,
	"confirmed_at" timestamp with time zone,
	"removed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"customer_id" text NOT NULL,
	"environment" text NOT NULL,
	"iban" text NOT NULL,
	"currency" text NOT NULL,
	"name" text NOT NULL,
	"closed_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "accounts_iban_unique" UNIQUE("iban","environment"),
	CONSTRAINT "accounts_id_environment" UNIQUE("id","environment"),
	CONSTRAINT "accounts_id_customer" UNIQUE("id","customer_id"),
	CONSTRAINT "accounts_environment_known" CHECK ("accounts"."environment" in ('sandbox', 'production'))
);
--> statement-breakpoint
CREATE TABLE "customers" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"name_verified_at" timestamp with time zone,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "customers_kind_known" CHECK ("customers"."kind" in ('personal', 'business'))
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"customer_id" text NOT NULL,
	"role" text NOT NULL,
	"ended_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "memberships_role_known" CHECK ("memberships"."role" in ('owner', 'viewer'))
);
--> statement-breakpoint
CREATE TABLE "application_environments" (
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"client_id" text NOT NULL,
	"profile" text NOT NULL,
	"mtls_required" boolean DEFAULT false NOT NULL,
	"scopes" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "application_environments_application_id_environment_pk" PRIMARY KEY("application_id","environment"),
	CONSTRAINT "application_environments_client_id" UNIQUE("client_id"),
	CONSTRAINT "application_environments_environment_known" CHECK ("application_environments"."environment" in ('sandbox', 'production')),
	CONSTRAINT "application_environments_profile_known" CHECK ("application_environments"."profile" in ('legacy', 'standard', 'fapi2'))
);
--> statement-breakpoint
CREATE TABLE "applications" (
	"id" text PRIMARY KEY NOT NULL,
	"customer_id" text NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"logo" "bytea",
	"created_by" text,
	"suspended_at" timestamp with time zone,
	"suspended_reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "callbacks" (
	"id" text PRIMARY KEY NOT NULL,
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"url" text NOT NULL,
	"host" text NOT NULL,
	"removed_at" timestamp with time zone,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "application_secrets" (
	"id" text PRIMARY KEY NOT NULL,
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"hint" text NOT NULL,
	"created_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ends_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"keeps_tokens" boolean DEFAULT false NOT NULL,
	CONSTRAINT "application_secrets_hash" UNIQUE("secret_hash")
);
--> statement-breakpoint
CREATE TABLE "cores" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"client_id" text NOT NULL,
	"secret_hash" "bytea" NOT NULL,
	"hint" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"revoked_at" timestamp with time zone,
	CONSTRAINT "cores_name_unique" UNIQUE("name"),
	CONSTRAINT "cores_client_id_unique" UNIQUE("client_id")
);
--> statement-breakpoint
CREATE TABLE "usage_marks" (
	"subject_id" text PRIMARY KEY NOT NULL,
	"last_used_at" timestamp with time zone NOT NULL,
	"last_address" text,
	"day_started_at" timestamp with time zone NOT NULL,
	"uses_of_day" integer NOT NULL,
	"uses_of_day_before" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "usage_marks_counts" CHECK ("usage_marks"."uses_of_day" >= 0)
);
--> statement-breakpoint
CREATE TABLE "disposition_evidence" (
	"disposition_id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"passkey_id" text NOT NULL,
	"public_key" "bytea" NOT NULL,
	"backup_eligible" boolean NOT NULL,
	"backed_up" boolean NOT NULL,
	"payload" text NOT NULL,
	"nonce" "bytea" NOT NULL,
	"rendered_text" text NOT NULL,
	"locale" text NOT NULL,
	"assertion" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dispositions" (
	"id" text PRIMARY KEY NOT NULL,
	"operation" text NOT NULL,
	"subject_id" text NOT NULL,
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"status" text NOT NULL,
	"initiator_id" text,
	"offer" jsonb NOT NULL,
	"import_token_hash" "bytea" NOT NULL,
	"import_token_sealed" "bytea",
	"import_until" timestamp with time zone NOT NULL,
	"imported_by" text,
	"imported_at" timestamp with time zone,
	"decide_until" timestamp with time zone,
	"refused_imports" integer DEFAULT 0 NOT NULL,
	"number_wanted" boolean NOT NULL,
	"number" smallint,
	"number_matched_at" timestamp with time zone,
	"wrong_numbers" smallint DEFAULT 0 NOT NULL,
	"payload" text,
	"rendered_text" text,
	"nonce" "bytea",
	"return_url" text,
	"result_wanted" boolean DEFAULT false NOT NULL,
	"result_token_hash" "bytea",
	"result_token_sealed" "bytea",
	"result_until" timestamp with time zone,
	"result_presented_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"end_reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "dispositions_import_token" UNIQUE("import_token_hash"),
	CONSTRAINT "dispositions_status_known" CHECK ("dispositions"."status" in ('WAITING', 'IMPORTED', 'GRANTED', 'REFUSED', 'CANCELLED', 'EXPIRED')),
	CONSTRAINT "dispositions_sealed_token" CHECK ("dispositions"."import_token_sealed" is null or "dispositions"."status" = 'WAITING'),
	CONSTRAINT "dispositions_wrong_numbers" CHECK ("dispositions"."wrong_numbers" between 0 and 3),
	CONSTRAINT "dispositions_imported" CHECK ("dispositions"."status" not in ('IMPORTED', 'GRANTED') or "dispositions"."imported_by" is not null)
);
--> statement-breakpoint
CREATE TABLE "connections" (
	"id" text PRIMARY KEY NOT NULL,
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"disposition_id" text,
	"reference" text,
	"account_type" text,
	"account_id" text,
	"customer_id" text,
	"granted_by" text,
	"granted_at" timestamp with time zone,
	"auth_time" timestamp with time zone,
	"amr" jsonb,
	"code_hash" "bytea",
	"code_hint" text,
	"code_sealed" "bytea",
	"code_sealed_until" timestamp with time zone,
	"code_shown_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"revoked_by" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "connections_code" UNIQUE("code_hash"),
	CONSTRAINT "connections_grant_whole" CHECK (("connections"."granted_at" is null) = ("connections"."account_id" is null) and ("connections"."granted_at" is null) = ("connections"."code_hash" is null) and ("connections"."granted_at" is null) = ("connections"."customer_id" is null))
);
--> statement-breakpoint
CREATE TABLE "token_families" (
	"id" uuid PRIMARY KEY NOT NULL,
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"secret_id" text NOT NULL,
	"connection_id" text,
	"refresh_key" bigint NOT NULL,
	"refresh_hash" "bytea" NOT NULL,
	"access_hash" "bytea" NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"revoked_at" timestamp with time zone,
	"revoked_reason" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "token_rotations" (
	"refresh_hash" "bytea" PRIMARY KEY NOT NULL,
	"family_id" uuid NOT NULL,
	"access_hash" "bytea" NOT NULL,
	"rotated_at" timestamp with time zone NOT NULL,
	"successor_sealed" "bytea"
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"name" text PRIMARY KEY NOT NULL,
	"sealed" "bytea" NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "known_devices" ADD CONSTRAINT "known_devices_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mail_links" ADD CONSTRAINT "mail_links_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "one_time_codes" ADD CONSTRAINT "one_time_codes_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkey_challenges" ADD CONSTRAINT "passkey_challenges_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "push_subscriptions" ADD CONSTRAINT "push_subscriptions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_attempts" ADD CONSTRAINT "sign_in_attempts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_in_tickets" ADD CONSTRAINT "sign_in_tickets_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "totp_factors" ADD CONSTRAINT "totp_factors_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "customers" ADD CONSTRAINT "customers_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "application_environments" ADD CONSTRAINT "application_environments_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_customer_id_customers_id_fk" FOREIGN KEY ("customer_id") REFERENCES "public"."customers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "applications" ADD CONSTRAINT "applications_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "callbacks" ADD CONSTRAINT "callbacks_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "callbacks" ADD CONSTRAINT "callbacks_application_environment" FOREIGN KEY ("application_id","environment") REFERENCES "public"."application_environments"("application_id","environment") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "application_secrets" ADD CONSTRAINT "application_secrets_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "application_secrets" ADD CONSTRAINT "application_secrets_application_environment" FOREIGN KEY ("application_id","environment") REFERENCES "public"."application_environments"("application_id","environment") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disposition_evidence" ADD CONSTRAINT "disposition_evidence_disposition_id_dispositions_id_fk" FOREIGN KEY ("disposition_id") REFERENCES "public"."dispositions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disposition_evidence" ADD CONSTRAINT "disposition_evidence_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "disposition_evidence" ADD CONSTRAINT "disposition_evidence_passkey_id_passkeys_id_fk" FOREIGN KEY ("passkey_id") REFERENCES "public"."passkeys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispositions" ADD CONSTRAINT "dispositions_initiator_id_people_id_fk" FOREIGN KEY ("initiator_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispositions" ADD CONSTRAINT "dispositions_imported_by_people_id_fk" FOREIGN KEY ("imported_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dispositions" ADD CONSTRAINT "dispositions_application_environment" FOREIGN KEY ("application_id","environment") REFERENCES "public"."application_environments"("application_id","environment") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_disposition_id_dispositions_id_fk" FOREIGN KEY ("disposition_id") REFERENCES "public"."dispositions"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_granted_by_people_id_fk" FOREIGN KEY ("granted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_application_environment" FOREIGN KEY ("application_id","environment") REFERENCES "public"."application_environments"("application_id","environment") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_account_environment" FOREIGN KEY ("account_id","environment") REFERENCES "public"."accounts"("id","environment") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "connections" ADD CONSTRAINT "connections_account_customer" FOREIGN KEY ("account_id","customer_id") REFERENCES "public"."accounts"("id","customer_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "one_time_codes_person" ON "one_time_codes" USING btree ("person_id","purpose");--> statement-breakpoint
CREATE INDEX "passkeys_person" ON "passkeys" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "people_email_unique" ON "people" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "push_subscriptions_person" ON "push_subscriptions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "sessions_person" ON "sessions" USING btree ("person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "totp_factors_one_live" ON "totp_factors" USING btree ("person_id") WHERE removed_at is null and confirmed_at is not null;--> statement-breakpoint
CREATE INDEX "accounts_customer" ON "accounts" USING btree ("customer_id");--> statement-breakpoint
CREATE UNIQUE INDEX "memberships_one_live" ON "memberships" USING btree ("person_id","customer_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "memberships_customer" ON "memberships" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "applications_customer" ON "applications" USING btree ("customer_id");--> statement-breakpoint
CREATE UNIQUE INDEX "callbacks_one_live" ON "callbacks" USING btree ("application_id","environment","url") WHERE removed_at is null;--> statement-breakpoint
CREATE INDEX "application_secrets_application" ON "application_secrets" USING btree ("application_id","environment");--> statement-breakpoint
CREATE INDEX "dispositions_subject" ON "dispositions" USING btree ("subject_id");--> statement-breakpoint
CREATE INDEX "dispositions_imported_by" ON "dispositions" USING btree ("imported_by") WHERE status = 'IMPORTED';--> statement-breakpoint
CREATE INDEX "dispositions_decide" ON "dispositions" USING btree ("decide_until") WHERE status = 'IMPORTED';--> statement-breakpoint
CREATE INDEX "dispositions_open" ON "dispositions" USING btree ("import_until") WHERE status in ('WAITING', 'IMPORTED');--> statement-breakpoint
CREATE INDEX "connections_application" ON "connections" USING btree ("application_id","environment");--> statement-breakpoint
CREATE INDEX "connections_customer" ON "connections" USING btree ("customer_id");--> statement-breakpoint
CREATE INDEX "connections_disposition" ON "connections" USING btree ("disposition_id");--> statement-breakpoint
CREATE INDEX "token_families_refresh" ON "token_families" USING btree ("refresh_key");--> statement-breakpoint
CREATE INDEX "token_rotations_family" ON "token_rotations" USING btree ("family_id");--> statement-breakpoint
CREATE INDEX "token_rotations_sealed" ON "token_rotations" USING btree ("rotated_at") WHERE successor_sealed is not null;