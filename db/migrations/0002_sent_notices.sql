CREATE TABLE "sent_notices" (
	"subject_id" text NOT NULL,
	"kind" text NOT NULL,
	"threshold" integer NOT NULL,
	"ends_at" timestamp with time zone NOT NULL,
	"sent_at" timestamp with time zone NOT NULL,
	CONSTRAINT "sent_notices_subject_id_kind_threshold_ends_at_pk" PRIMARY KEY("subject_id","kind","threshold","ends_at")
);
