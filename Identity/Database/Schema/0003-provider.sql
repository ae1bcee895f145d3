-- People whom an identity provider lets in: they have no one-time code, no login name and no password.

ALTER TABLE identity.people
    ALTER COLUMN code_kind DROP NOT NULL,
    ALTER COLUMN code_hash DROP NOT NULL,
    ALTER COLUMN code_expires_at DROP NOT NULL;

ALTER TABLE identity.accounts
    ALTER COLUMN login_name DROP NOT NULL,
    ALTER COLUMN name_key DROP NOT NULL,
    ALTER COLUMN password_hash DROP NOT NULL,
    ALTER COLUMN used_code_hash DROP NOT NULL,
    ADD COLUMN issuer text,
    ADD COLUMN admitted_as text,
    ADD CONSTRAINT "CK_accounts_way" CHECK ((issuer IS NULL) = (password_hash IS NOT NULL AND name_key IS NOT NULL));

ALTER TABLE identity.login_sessions ADD COLUMN provider_token bytea;
