using PartnerPlatform.Stack;

namespace PartnerPlatform.Platform.Tests.Hosting;

public static class Approved
{
    public static void Check(string name, string text) => ApprovedFile.MustBe($"tests/Platform.Tests/Approved/{name}.txt", text);
}
