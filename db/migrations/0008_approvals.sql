CREATE TABLE "approval_requests" (
	"id" text PRIMARY KEY NOT NULL,
	"application_id" text NOT NULL,
	"environment" text NOT NULL,
	"action" text NOT NULL,
	"subject" text NOT NULL,
	"requested_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"outcome" text,
	"decided_by" text,
	"decided_at" timestamp with time zone,
	"used_at" timestamp with time zone,
	CONSTRAINT "approval_requests_environment_known" CHECK ("approval_requests"."environment" in ('sandbox', 'production')),
	CONSTRAINT "approval_requests_outcome_known" CHECK ("approval_requests"."outcome" in ('approved', 'refused', 'expired')),
	CONSTRAINT "approval_requests_decided" CHECK (("approval_requests"."outcome" is null) = ("approval_requests"."decided_at" is null)),
	CONSTRAINT "approval_requests_second_person" CHECK ("approval_requests"."decided_by" <> "approval_requests"."requested_by")
);
--> statement-breakpoint
ALTER TABLE "applications" ADD COLUMN "four_eyes_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "approval_requests" ADD CONSTRAINT "approval_requests_application_id_applications_id_fk" FOREIGN KEY ("application_id") REFERENCES "public"."applications"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_requests" ADD CONSTRAINT "approval_requests_requested_by_people_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approval_requests" ADD CONSTRAINT "approval_requests_decided_by_people_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "approval_requests_one_open" ON "approval_requests" USING btree ("application_id","environment","action","subject","requested_by") WHERE outcome is null;--> statement-breakpoint
CREATE INDEX "approval_requests_application" ON "approval_requests" USING btree ("application_id","created_at");