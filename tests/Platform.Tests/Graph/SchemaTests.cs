using System.Text;
using GraphQL.Types;
using Microsoft.Extensions.DependencyInjection;
using PartnerPlatform.Contracts.Tokens;
using PartnerPlatform.Platform.Graph;
using PartnerPlatform.Platform.Tests.Hosting;

namespace PartnerPlatform.Platform.Tests.Graph;

public sealed class SchemaTests(OnePlatform one) : IClassFixture<OnePlatform>
{
    private ISchema Schema => one.Platform.Services.GetRequiredService<ISchema>();

    [Fact]
    public void The_schema_is_the_approved_one() => Approved.Check("schema.graphql", GraphSetup.Print(Schema));

    [Fact]
    public void Who_may_use_which_field_is_the_approved_matrix()
    {
        var text = new StringBuilder($"{"field",-60}  operator  auditor  partner_admin  node  identity\n");
        foreach (var type in Schema.AllTypes.OfType<IObjectGraphType>().Where(t => !t.Name.StartsWith("__", StringComparison.Ordinal)).OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            foreach (var field in type.Fields.OrderBy(f => f.Name, StringComparer.Ordinal))
            {
                string May(string role) => AccessRule.Allows(Schema, type, field, role) ? "yes" : "-";
                text.AppendLine($"{$"{type.Name}.{field.Name}",-60}  {May(Roles.Operator),-8}  {May(Roles.Auditor),-7}  {May(Roles.PartnerAdmin),-13}  {May(Roles.Node),-4}  {May(Roles.Identity)}");
            }
        }

        Approved.Check("access-matrix", text.ToString());
    }

    [Fact]
    public void Every_root_field_says_who_may_use_it()
    {
        var silent = new[] { Schema.Query, Schema.Mutation!, Schema.Subscription! }
            .SelectMany(t => t.Fields).Where(f => !f.Metadata.ContainsKey(AllowedForAttribute.Key)).Select(f => f.Name);
        Assert.Empty(silent);
    }

    [Fact]
    public void Everything_is_described()
    {
        var bare = new List<string>();
        foreach (var type in Schema.AllTypes.OfType<IComplexGraphType>().Where(t => !t.Name.StartsWith("__", StringComparison.Ordinal)))
        {
            bare.AddRange(type.Fields.Where(f => string.IsNullOrWhiteSpace(f.Description)).Select(f => $"{type.Name}.{f.Name}"));
            bare.AddRange(type.Fields.SelectMany(f => (f.Arguments ?? []).Where(a => string.IsNullOrWhiteSpace(a.Description)).Select(a => $"{type.Name}.{f.Name}({a.Name})")));
        }

        bare.AddRange(Schema.AllTypes.Where(t => t is not ScalarGraphType or EnumerationGraphType).Where(t => !t.Name.StartsWith("__", StringComparison.Ordinal) && string.IsNullOrWhiteSpace(t.Description)).Select(t => t.Name));
        Assert.Equal("", string.Join("\n", bare.Order()));
    }
}
