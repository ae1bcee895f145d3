using PartnerPlatform.Stack.Postgres;

[assembly: AssemblyFixture(typeof(TestPostgres))]
