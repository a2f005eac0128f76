DROP INDEX "authorization_requests_expires";--> statement-breakpoint
ALTER TABLE "cores" ADD COLUMN "certificate_sha256" "bytea";--> statement-breakpoint
ALTER TABLE "token_families" ADD COLUMN "opened_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "authorization_requests_expires" ON "authorization_requests" USING btree ("expires_at") WHERE nonce is null or browser_hash is not null;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "certificate_sha256" bytea;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "chain_id" text;--> statement-breakpoint
ALTER TABLE "access_tokens" ADD COLUMN "jwk_thumbprint" bytea;
