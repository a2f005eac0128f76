ALTER TABLE "token_families" ALTER COLUMN "id" SET DATA TYPE uuid USING gen_random_uuid();--> statement-breakpoint
ALTER TABLE "token_rotations" ALTER COLUMN "family_id" SET DATA TYPE uuid USING gen_random_uuid();--> statement-breakpoint
ALTER TABLE "dispositions" ADD COLUMN "rendered_text" text;