using System.Security.Cryptography.X509Certificates;
using PartnerPlatform.Gateway.Certificates;

namespace PartnerPlatform.Gateway.Tests.Certificates;

/// <summary>Names as Java's X500Principal.getName() writes them: the texts were made by it.</summary>
public class DistinguishedNameTests
{
    [Theory]
    [MemberData(nameof(Cases))]
    public void Names_are_written_as_Java_writes_them(string der, string expected) =>
        Assert.Equal(expected, DistinguishedName.Of(new X500DistinguishedName(Convert.FromHexString(der))));

    public static TheoryData<string, string> Cases => [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "java-distinguished-names.tsv")).Select(l => l.Split('\t')).Select(l => (l[0], l[1]))];
}
