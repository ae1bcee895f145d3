using PartnerPlatform.Stack;

namespace PartnerPlatform.Platform.Tests.Hosting;

public static class Approved
{
    public static void Check(string name, string text) => Assert.Null(ApprovedFile.Difference($"tests/Platform.Tests/Approved/{name}.txt", text));
}
