ALTER TABLE "application_public_keys" ADD COLUMN "ends_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "application_public_keys" ADD COLUMN "ends_because" text;--> statement-breakpoint
ALTER TABLE "application_public_keys" ADD COLUMN "keeps_tokens" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "application_public_keys_one_key" ON "application_public_keys" USING btree ("application_id","environment","thumbprint");--> statement-breakpoint
CREATE INDEX "application_public_keys_ending" ON "application_public_keys" USING btree ("ends_at") WHERE ends_at is not null and revoked_at is null;--> statement-breakpoint
CREATE INDEX "token_families_chain" ON "token_families" USING btree ("chain_id","expires_at") WHERE chain_id is not null;--> statement-breakpoint
ALTER TABLE "application_public_keys" ADD CONSTRAINT "application_public_keys_ends_because_known" CHECK ("application_public_keys"."ends_because" in ('lifetime', 'rotation'));