ALTER TABLE "dispositions" ADD COLUMN "import_token_sealed" "bytea";--> statement-breakpoint
ALTER TABLE "dispositions" ADD COLUMN "result_token_sealed" "bytea";--> statement-breakpoint
ALTER TABLE "dispositions" ADD COLUMN "result_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "dispositions" ADD COLUMN "result_presented_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "connections" ADD COLUMN "code_shown_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "dispositions_decide" ON "dispositions" USING btree ("decide_until") WHERE status = 'IMPORTED';--> statement-breakpoint
ALTER TABLE "dispositions" ADD CONSTRAINT "dispositions_sealed_token" CHECK ("dispositions"."import_token_sealed" is null or "dispositions"."status" = 'WAITING');--> statement-breakpoint
ALTER TABLE "dispositions" ADD CONSTRAINT "dispositions_wrong_numbers" CHECK ("dispositions"."wrong_numbers" between 0 and 3);