using PartnerPlatform.Web.Clusters;

namespace PartnerPlatform.Web.Tests.Clusters;

public sealed class PropertiesTests
{
    [Fact]
    public void Lines_are_read_as_Java_reads_them()
    {
        var properties = Properties.Parse("""
            # a comment
            ! another

            security.protocol = SASL_SSL
            sasl.mechanism: PLAIN
            sasl.jaas.config=PlainLoginModule required \
                username="a=b" \
                password="c\\d";
            ssl.truststore.certificates=-----BEGIN-----\nabc\n-----END-----
            empty
            """);
        Assert.Equal(
            [
                new("security.protocol", "SASL_SSL"), new("sasl.mechanism", "PLAIN"), new("sasl.jaas.config", "PlainLoginModule required username=\"a=b\" password=\"c\\d\";"),
                new("ssl.truststore.certificates", "-----BEGIN-----\nabc\n-----END-----"), new("empty", ""),
            ],
            properties);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        ClusterProperty[] properties = [new("ssl.truststore.certificates", "-----BEGIN-----\nabc\n-----END-----\n"), new("path", "a\\b"), new("ssl.endpoint.identification.algorithm", "")];
        Assert.Equal(properties, Properties.Parse(Properties.Write(properties)));
    }
}
