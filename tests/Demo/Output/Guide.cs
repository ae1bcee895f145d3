using PartnerPlatform.Demo.Parts;
using PartnerPlatform.Demo.Seeding;

namespace PartnerPlatform.Demo.Output;

/// <summary>Addresses, and commands to copy.</summary>
internal static class Guide
{
    public static string Text(Services services, string folder, bool embedded) =>
        $$"""

        Portal     {{services.WebUrl}}   (log in as {{string.Join(", ", People.All.Select(person => person.LoginName))}}; passwords are in Facts: OPERATOR_PASSWORD, ...)
        Platform   {{services.PlatformUrl}}graphql
        Identity   {{services.IdentityUrl}}
        Kafka      {{services.Bootstrap}}   (SASL_PLAINTEXT, PLAIN; both gateway nodes)
        Facts      {{folder}}/demo.env   (also: {{folder}}/acme.kcat, {{folder}}/acme.properties, the same for globex)

        Read Acme's orders, as an ordinary client; list what it sees; write a return:
          kcat -F {{folder}}/acme.kcat -C -t orders -o -5 -c 5
          kcat -F {{folder}}/acme.kcat -L
          echo '{"orderId":"SO-1","reason":"too long"}' | kcat -F {{folder}}/acme.kcat -P -t returns
        With Java:
          kafka-console-consumer.sh --bootstrap-server {{services.Bootstrap}} --consumer.config {{folder}}/acme.properties --topic orders --group acme-reader
        With .NET (Confluent.Kafka; after: set -a; . {{folder}}/demo.env; set +a):
          var config = new ConsumerConfig { BootstrapServers = Environment.GetEnvironmentVariable("BOOTSTRAP"), GroupId = "acme-reader",
              SecurityProtocol = SecurityProtocol.SaslPlaintext, SaslMechanism = SaslMechanism.Plain, AutoOffsetReset = AutoOffsetReset.Earliest,
              SaslUsername = Environment.GetEnvironmentVariable("ACME_SASL_USERNAME"), SaslPassword = Environment.GetEnvironmentVariable("ACME_SASL_PASSWORD") };
          using var consumer = new ConsumerBuilder<string, string>(config).Build();
          consumer.Subscribe("orders");
          while (true) Console.WriteLine(consumer.Consume().Message.Value);
        Ask Platform (GraphQL):
          curl -s {{services.IdentityUrl}}connect/token -d grant_type=client_credentials -d client_id=operator \
            --data-urlencode client_secret@{{folder}}/secrets/operator.secret | sed -n 's/.*"access_token": *"\([^"]*\)".*/Authorization: Bearer \1/p' > {{folder}}/operator.header
          curl -s {{services.PlatformUrl}}graphql -H @{{folder}}/operator.header -H 'Content-Type: application/json' \
            -d '{"query":"{ partnerZones(first: 10) { nodes { name status } } }"}'

        {{(embedded ? "The embedded Kafka keeps its data in memory only; KAFKA_BOOTSTRAP_SERVERS=host:port ./run.sh uses a real cluster.\n" : "")}}Ctrl-C stops everything; the next start goes on with the same data.
        """;
}
