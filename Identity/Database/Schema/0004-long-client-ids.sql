-- A service account's client is called "virtual cluster.account": 63 + 1 + 128 characters.

ALTER TABLE identity."OpenIddictApplications"
    ALTER COLUMN "ClientId" TYPE character varying(200);
