using PartnerPlatform.Platform.Commands;

namespace PartnerPlatform.Platform.Organizations;

public sealed record CreateOrganization(Ask Ask, string NewId, string Name, string? DisplayName) : Command(Ask);

public static class OrganizationDecider
{
    public static Decision Decide(CreateOrganization command)
    {
        if (Names.CheckSlug(command.Name) is { } bad)
        {
            return bad;
        }

        var display = command.DisplayName ?? command.Name;
        return string.IsNullOrWhiteSpace(display) || display.Length > 200
            ? Refusal.Invalid("displayName", "display-name", "A display name has 1 to 200 characters.")
            : Decision.Accept(new OrganizationCreated(command.NewId, command.Name, display));
    }
}
